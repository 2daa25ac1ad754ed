<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
    <context>
        <name>Engine</name>
        <message>
            <source>Activation replacement</source>
            <translation>激活函数替换</translation>
        </message>
        <message>
            <source>Cross-validated choice of a knob</source>
            <translation>用交叉验证选择设置</translation>
        </message>
        <message>
            <source>Attention transfer</source>
            <translation>注意力迁移</translation>
        </message>
        <message>
            <source>Distillation on a coreset</source>
            <translation>在核心集上蒸馏</translation>
        </message>
        <message>
            <source>Feature distillation</source>
            <translation>特征蒸馏</translation>
        </message>
        <message>
            <source>Hard-label distillation</source>
            <translation>硬标签蒸馏</translation>
        </message>
        <message>
            <source>Soft-label distillation</source>
            <translation>软标签蒸馏</translation>
        </message>
        <message>
            <source>Student network</source>
            <translation>学生网络</translation>
        </message>
        <message>
            <source>Operator fusion and clean-up</source>
            <translation>算子融合与清理</translation>
        </message>
        <message>
            <source>Autoencoder bottleneck</source>
            <translation>自编码器瓶颈</translation>
        </message>
        <message>
            <source>Low rank by principal components</source>
            <translation>主成分低秩分解</translation>
        </message>
        <message>
            <source>PCA input reduction</source>
            <translation>PCA 输入降维</translation>
        </message>
        <message>
            <source>Sparse plus low rank</source>
            <translation>稀疏加低秩</translation>
        </message>
        <message>
            <source>Low rank by singular values</source>
            <translation>奇异值低秩分解</translation>
        </message>
        <message>
            <source>Low rank of kernels (Tucker, CP)</source>
            <translation>卷积核低秩分解（Tucker、CP）</translation>
        </message>
        <message>
            <source>Channel pruning</source>
            <translation>通道剪枝</translation>
        </message>
        <message>
            <source>Connectivity pruning</source>
            <translation>连接剪枝</translation>
        </message>
        <message>
            <source>Removal of dead units</source>
            <translation>移除失活单元</translation>
        </message>
        <message>
            <source>Entropy pruning</source>
            <translation>熵剪枝</translation>
        </message>
        <message>
            <source>Gradient pruning</source>
            <translation>梯度剪枝</translation>
        </message>
        <message>
            <source>Attention-head pruning</source>
            <translation>注意力头剪枝</translation>
        </message>
        <message>
            <source>Layer pruning</source>
            <translation>层剪枝</translation>
        </message>
        <message>
            <source>Magnitude pruning</source>
            <translation>幅值剪枝</translation>
        </message>
        <message>
            <source>Manual pruning</source>
            <translation>手动剪枝</translation>
        </message>
        <message>
            <source>N:M sparsity</source>
            <translation>N:M 稀疏</translation>
        </message>
        <message>
            <source>Recurrent pruning</source>
            <translation>循环单元剪枝</translation>
        </message>
        <message>
            <source>Affine quantization, 2 to 16 bits</source>
            <translation>仿射量化，2 至 16 位</translation>
        </message>
        <message>
            <source>Dynamic int8 quantization</source>
            <translation>动态 int8 量化</translation>
        </message>
        <message>
            <source>Fixed-point quantization (Qm.n)</source>
            <translation>定点量化（Qm.n）</translation>
        </message>
        <message>
            <source>Half precision (float16, bfloat16)</source>
            <translation>半精度（float16、bfloat16）</translation>
        </message>
        <message>
            <source>Binary and ternary weights</source>
            <translation>二值与三值权重</translation>
        </message>
        <message>
            <source>Mixed precision (bits per layer)</source>
            <translation>混合精度（逐层位宽）</translation>
        </message>
        <message>
            <source>Quantization-aware training</source>
            <translation>量化感知训练</translation>
        </message>
        <message>
            <source>Static int8 quantization</source>
            <translation>静态 int8 量化</translation>
        </message>
        <message>
            <source>TFLite file</source>
            <translation>TFLite 文件</translation>
        </message>
        <message>
            <source>Weight clustering (codebooks)</source>
            <translation>权重聚类（码本）</translation>
        </message>
        <message>
            <source>Weight-only quantization in blocks (int4, int8)</source>
            <translation>分块仅权重量化（int4、int8）</translation>
        </message>
        <message>
            <source>Dropout sparsity</source>
            <translation>Dropout 稀疏化</translation>
        </message>
        <message>
            <source>L0 training with hard-concrete gates</source>
            <translation>硬混凝土门控 L0 训练</translation>
        </message>
        <message>
            <source>L1 and group-lasso training</source>
            <translation>L1 与组套索训练</translation>
        </message>
        <message>
            <source>Reweighted sparsity training</source>
            <translation>重加权稀疏训练</translation>
        </message>
        <message>
            <source>Sparsity sweep</source>
            <translation>稀疏度扫描</translation>
        </message>
        <message>
            <source>activation</source>
            <translation>激活</translation>
        </message>
        <message>
            <source>choice</source>
            <translation>选择</translation>
        </message>
        <message>
            <source>distillation</source>
            <translation>蒸馏</translation>
        </message>
        <message>
            <source>graph</source>
            <translation>计算图</translation>
        </message>
        <message>
            <source>lowrank</source>
            <translation>低秩</translation>
        </message>
        <message>
            <source>pruning</source>
            <translation>剪枝</translation>
        </message>
        <message>
            <source>quantization</source>
            <translation>量化</translation>
        </message>
        <message>
            <source>sparsity</source>
            <translation>稀疏化</translation>
        </message>
        <message>
            <source>Replaces GELU, SiLU, sigmoid and the like by functions that small boards compute fast; weights stay.</source>
            <translation>把 GELU、SiLU、sigmoid 等换成小型板卡算得快的函数；权重不变。</translation>
        </message>
        <message>
            <source>Tries values of any technique's knob on k folds of the training data and applies the best one.</source>
            <translation>在训练数据的 k 折上试验任一技术某项设置的取值，并采用最好的一个。</translation>
        </message>
        <message>
            <source>Trains the present model to look at the same places as the original; needs no equal widths.</source>
            <translation>训练当前模型关注与原模型相同的位置；不要求宽度相等。</translation>
        </message>
        <message>
            <source>Distils with the few training samples that stand for all: a fraction of the training time at little loss.</source>
            <translation>用少量能代表全体的训练样本蒸馏：训练时间只需一小部分，损失很小。</translation>
        </message>
        <message>
            <source>Trains the present model to follow the original layer by layer; helps thin and deep students most.</source>
            <translation>训练当前模型逐层跟随原模型；对又窄又深的学生帮助最大。</translation>
        </message>
        <message>
            <source>Trains the present model on the classes the original chooses; for data without labels.</source>
            <translation>用原模型选出的类别训练当前模型；适合没有标签的数据。</translation>
        </message>
        <message>
            <source>Trains the present model to give the original's probabilities, not only its labels.</source>
            <translation>训练当前模型给出原模型的概率，而不只是标签。</translation>
        </message>
        <message>
            <source>Trains another, lighter network to answer like the original: smaller and faster, sized to a budget.</source>
            <translation>训练另一个更轻的网络，像原模型一样作答：更小、更快，大小按预算而定。</translation>
        </message>
        <message>
            <source>Folds batch normalisation into convolutions, constants into one, and removes dead nodes; outputs stay equal.</source>
            <translation>把批归一化并入卷积，合并常量，移除无用节点；输出保持相等。</translation>
        </message>
        <message>
            <source>Replaces layers by an encoder and a decoder with a narrow code between them, fitted to the layer's outputs.</source>
            <translation>把层换成编码器和解码器，中间是窄编码，按该层的输出拟合。</translation>
        </message>
        <message>
            <source>Splits layers along the principal directions of their outputs on your data; closer than low rank of weights.</source>
            <translation>沿输出在你的数据上的主方向拆分层；比权重低秩分解更接近原模型。</translation>
        </message>
        <message>
            <source>Projects correlated input features onto their principal directions, folded into the first layer; smaller.</source>
            <translation>把相关的输入特征投影到主方向上，并入第一层；更小。</translation>
        </message>
        <message>
            <source>Splits weights into a low-rank and a sparse part, closer than either alone; smaller packed, not faster.</source>
            <translation>把权重拆成低秩与稀疏两部分，比单用其一更接近；打包后更小，但不更快。</translation>
        </message>
        <message>
            <source>Splits linear layers and 1x1 convolutions into two thinner ones; smaller, faster where layers are wide.</source>
            <translation>把线性层和 1x1 卷积拆成两个更窄的层；更小，在宽层上更快。</translation>
        </message>
        <message>
            <source>Splits convolutions with large kernels into three or four thin ones; smaller and fewer operations.</source>
            <translation>把大卷积核的卷积拆成三到四个窄卷积；更小，运算更少。</translation>
        </message>
        <message>
            <source>Removes whole channels with everything that depends on them; smaller and faster, then needs fine-tuning.</source>
            <translation>移除整个通道及依赖它的一切；更小更快，之后需要微调。</translation>
        </message>
        <message>
            <source>Removes units with the fewest or weakest connections, best after single weights were pruned; needs no data.</source>
            <translation>移除连接最少或最弱的单元，最好在单个权重剪枝之后；不需要数据。</translation>
        </message>
        <message>
            <source>Removes units that are never (or hardly ever) active on the data; smaller and faster where there are such.</source>
            <translation>移除在数据上从不（或几乎不）激活的单元；若有这样的单元则更小更快。</translation>
        </message>
        <message>
            <source>Removes the units whose activations carry the least information on the data; smaller and faster.</source>
            <translation>移除激活在数据上信息量最少的单元；更小更快。</translation>
        </message>
        <message>
            <source>Sets the weights to zero that the loss feels least, by its gradients; smaller packed, not faster.</source>
            <translation>按梯度把损失最不敏感的权重置零；打包后更小，但不更快。</translation>
        </message>
        <message>
            <source>Removes the attention heads that matter least; projections shrink, so transformers get smaller and faster.</source>
            <translation>移除最不重要的注意力头；投影随之缩小，Transformer 更小更快。</translation>
        </message>
        <message>
            <source>Removes whole residual blocks or transformer layers by measured impact; smaller and faster.</source>
            <translation>按实测影响移除整个残差块或 Transformer 层；更小更快。</translation>
        </message>
        <message>
            <source>Sets the smallest weights to zero and fine-tunes the rest; smaller packed, not faster.</source>
            <translation>把最小的权重置零并微调其余部分；打包后更小，但不更快。</translation>
        </message>
        <message>
            <source>Removes exactly the layers, channels and connections you name, for whoever knows better than any measure.</source>
            <translation>只移除你指名的层、通道和连接，适合比任何度量都更了解模型的人。</translation>
        </message>
        <message>
            <source>Keeps N of every M consecutive weights of a row; smaller packed, faster only on hardware with sparse units.</source>
            <translation>每行每 M 个连续权重保留 N 个；打包后更小，只有带稀疏单元的硬件才更快。</translation>
        </message>
        <message>
            <source>Removes hidden units of LSTM and GRU layers from every gate and from what reads them; smaller and faster.</source>
            <translation>从 LSTM 和 GRU 层的每个门及其读取者中移除隐藏单元；更小更快。</translation>
        </message>
        <message>
            <source>Weights of any width as packed codes with scale and zero point; smaller, not faster; activations simulated.</source>
            <translation>任意位宽的权重，以打包编码加缩放和零点保存；更小，但不更快；激活为模拟量化。</translation>
        </message>
        <message>
            <source>int8 weights for matrix products, activations quantized while running; needs no data.</source>
            <translation>矩阵乘法用 int8 权重，激活在运行时量化；不需要数据。</translation>
        </message>
        <message>
            <source>Weights as integers with a power-of-two scale; --out also writes the integers and formats for C.</source>
            <translation>权重为整数，缩放为 2 的幂；--out 还会写出整数和 C 格式。</translation>
        </message>
        <message>
            <source>16-bit weights: the file is half as large; faster only on devices with float16 arithmetic.</source>
            <translation>16 位权重：文件减半；只有支持 float16 运算的设备才更快。</translation>
        </message>
        <message>
            <source>Weights of 1 or 2 bits with a scale per channel: up to 30x smaller, not faster, costs accuracy.</source>
            <translation>1 或 2 位权重，每通道一个缩放：最多缩小 30 倍，不更快，会损失准确率。</translation>
        </message>
        <message>
            <source>Chooses 2 to 8 bits for every layer from a sensitivity table under a size or accuracy budget.</source>
            <translation>在大小或准确率预算内，按敏感度表为每层选择 2 至 8 位。</translation>
        </message>
        <message>
            <source>Fine-tunes with int8 rounding, then exports the same plain int8 file as static quantization.</source>
            <translation>带 int8 舍入微调，再导出与静态量化相同的普通 int8 文件。</translation>
        </message>
        <message>
            <source>int8 weights and activations with ranges from calibration data; 4x smaller, usually faster.</source>
            <translation>权重和激活为 int8，范围来自校准数据；缩小 4 倍，通常更快。</translation>
        </message>
        <message>
            <source>Ends in a TFLite file: LiteRT is often faster on narrow networks, and 32-bit boards run nothing else.</source>
            <translation>以 TFLite 文件收尾：LiteRT 在窄网络上往往更快，32 位板卡只能运行它。</translation>
        </message>
        <message>
            <source>Few shared values per tensor as codebook and packed indices: 8x smaller with 16 values, not faster.</source>
            <translation>每个张量只有少数共享值，存为码本和打包索引：16 个值时缩小 8 倍，但不更快。</translation>
        </message>
        <message>
            <source>int4 or int8 weights of matrix products, executed as such by onnxruntime; for transformers and large layers.</source>
            <translation>矩阵乘法的 int4 或 int8 权重，由 onnxruntime 直接执行；适合 Transformer 和大层。</translation>
        </message>
        <message>
            <source>Trains with dropout on the weights that are to leave, so that the network learns to do without; smaller packed.</source>
            <translation>对将要移除的权重做 dropout 训练，让网络学会不用它们；打包后更小。</translation>
        </message>
        <message>
            <source>Learns a gate on every weight or channel that is open or shut, at a price per open weight; smaller packed.</source>
            <translation>为每个权重或通道学习一个开或关的门，每个打开的权重都有代价；打包后更小。</translation>
        </message>
        <message>
            <source>Trains with a penalty on absolute weights or on whole channels until many are zero; smaller packed.</source>
            <translation>训练时惩罚权重绝对值或整个通道，直到许多为零；打包后更小。</translation>
        </message>
        <message>
            <source>Pushes small weights to zero and leaves large ones alone while training; smaller packed.</source>
            <translation>训练时把小权重推向零，不动大权重；打包后更小。</translation>
        </message>
        <message>
            <source>Tries several strengths of sparsity and keeps the best at your price of accuracy; shows the whole curve.</source>
            <translation>试验多种稀疏强度，按你给准确率的价格保留最好的；显示整条曲线。</translation>
        </message>
        <message>
            <source>epochs</source>
            <translation>训练轮数</translation>
        </message>
        <message>
            <source>learning rate</source>
            <translation>学习率</translation>
        </message>
        <message>
            <source>optimizer</source>
            <translation>优化器</translation>
        </message>
        <message>
            <source>schedule</source>
            <translation>学习率调度</translation>
        </message>
        <message>
            <source>batch size</source>
            <translation>批大小</translation>
        </message>
        <message>
            <source>weight decay</source>
            <translation>权重衰减</translation>
        </message>
        <message>
            <source>penalty</source>
            <translation>惩罚项</translation>
        </message>
        <message>
            <source>penalty weight</source>
            <translation>惩罚权重</translation>
        </message>
        <message>
            <source>label smoothing</source>
            <translation>标签平滑</translation>
        </message>
        <message>
            <source>gradient clip</source>
            <translation>梯度裁剪</translation>
        </message>
        <message>
            <source>augment</source>
            <translation>数据增强</translation>
        </message>
        <message>
            <source>shift</source>
            <translation>平移</translation>
        </message>
        <message>
            <source>views</source>
            <translation>增强副本数</translation>
        </message>
        <message>
            <source>mixup</source>
            <translation>mixup</translation>
        </message>
        <message>
            <source>max samples</source>
            <translation>最多样本数</translation>
        </message>
        <message>
            <source>holdout</source>
            <translation>留出比例</translation>
        </message>
        <message>
            <source>keep best</source>
            <translation>保留最佳</translation>
        </message>
        <message>
            <source>replace</source>
            <translation>替换对象</translation>
        </message>
        <message>
            <source>by</source>
            <translation>替换为</translation>
        </message>
        <message>
            <source>exclude</source>
            <translation>排除</translation>
        </message>
        <message>
            <source>technique</source>
            <translation>技术</translation>
        </message>
        <message>
            <source>vary</source>
            <translation>变动项</translation>
        </message>
        <message>
            <source>values</source>
            <translation>取值</translation>
        </message>
        <message>
            <source>others</source>
            <translation>其他设置</translation>
        </message>
        <message>
            <source>folds</source>
            <translation>折数</translation>
        </message>
        <message>
            <source>rule</source>
            <translation>规则</translation>
        </message>
        <message>
            <source>price</source>
            <translation>价格</translation>
        </message>
        <message>
            <source>layers</source>
            <translation>层</translation>
        </message>
        <message>
            <source>weight</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>power</source>
            <translation>幂次</translation>
        </message>
        <message>
            <source>temperature</source>
            <translation>温度</translation>
        </message>
        <message>
            <source>alpha</source>
            <translation>alpha</translation>
        </message>
        <message>
            <source>share</source>
            <translation>比例</translation>
        </message>
        <message>
            <source>select</source>
            <translation>挑选方式</translation>
        </message>
        <message>
            <source>loss</source>
            <translation>损失</translation>
        </message>
        <message>
            <source>network</source>
            <translation>网络</translation>
        </message>
        <message>
            <source>factory</source>
            <translation>工厂函数</translation>
        </message>
        <message>
            <source>width</source>
            <translation>宽度</translation>
        </message>
        <message>
            <source>depth</source>
            <translation>深度</translation>
        </message>
        <message>
            <source>inherit</source>
            <translation>继承权重</translation>
        </message>
        <message>
            <source>max parameters</source>
            <translation>最多参数</translation>
        </message>
        <message>
            <source>max macs</source>
            <translation>最多乘加次数</translation>
        </message>
        <message>
            <source>simplify</source>
            <translation>简化</translation>
        </message>
        <message>
            <source>energy</source>
            <translation>能量</translation>
        </message>
        <message>
            <source>ratio</source>
            <translation>比例</translation>
        </message>
        <message>
            <source>steps</source>
            <translation>步数</translation>
        </message>
        <message>
            <source>fit rate</source>
            <translation>拟合学习率</translation>
        </message>
        <message>
            <source>samples</source>
            <translation>样本数</translation>
        </message>
        <message>
            <source>density</source>
            <translation>密度</translation>
        </message>
        <message>
            <source>rounds</source>
            <translation>轮数</translation>
        </message>
        <message>
            <source>form</source>
            <translation>形式</translation>
        </message>
        <message>
            <source>importance</source>
            <translation>重要性</translation>
        </message>
        <message>
            <source>scope</source>
            <translation>范围</translation>
        </message>
        <message>
            <source>round to</source>
            <translation>取整到</translation>
        </message>
        <message>
            <source>stages</source>
            <translation>阶段数</translation>
        </message>
        <message>
            <source>measure</source>
            <translation>度量</translation>
        </message>
        <message>
            <source>zeros</source>
            <translation>零占比</translation>
        </message>
        <message>
            <source>remove</source>
            <translation>移除</translation>
        </message>
        <message>
            <source>bins</source>
            <translation>直方图格数</translation>
        </message>
        <message>
            <source>min weights</source>
            <translation>最少权重数</translation>
        </message>
        <message>
            <source>impact</source>
            <translation>影响</translation>
        </message>
        <message>
            <source>threshold</source>
            <translation>阈值</translation>
        </message>
        <message>
            <source>ramp</source>
            <translation>渐进</translation>
        </message>
        <message>
            <source>distill</source>
            <translation>蒸馏</translation>
        </message>
        <message>
            <source>channels</source>
            <translation>通道</translation>
        </message>
        <message>
            <source>connections</source>
            <translation>连接</translation>
        </message>
        <message>
            <source>n</source>
            <translation>n</translation>
        </message>
        <message>
            <source>m</source>
            <translation>m</translation>
        </message>
        <message>
            <source>bits</source>
            <translation>位数</translation>
        </message>
        <message>
            <source>symmetric</source>
            <translation>对称</translation>
        </message>
        <message>
            <source>granularity</source>
            <translation>粒度</translation>
        </message>
        <message>
            <source>range</source>
            <translation>取值范围</translation>
        </message>
        <message>
            <source>rounding</source>
            <translation>舍入</translation>
        </message>
        <message>
            <source>activation bits</source>
            <translation>激活位数</translation>
        </message>
        <message>
            <source>scale</source>
            <translation>缩放</translation>
        </message>
        <message>
            <source>gamma</source>
            <translation>gamma</translation>
        </message>
        <message>
            <source>beta</source>
            <translation>beta</translation>
        </message>
        <message>
            <source>convolutions</source>
            <translation>卷积</translation>
        </message>
        <message>
            <source>weight range</source>
            <translation>权重范围</translation>
        </message>
        <message>
            <source>fraction bits</source>
            <translation>小数位数</translation>
        </message>
        <message>
            <source>kind</source>
            <translation>种类</translation>
        </message>
        <message>
            <source>use</source>
            <translation>用途</translation>
        </message>
        <message>
            <source>levels</source>
            <translation>级别</translation>
        </message>
        <message>
            <source>keep ends</source>
            <translation>保留首尾</translation>
        </message>
        <message>
            <source>average bits</source>
            <translation>平均位数</translation>
        </message>
        <message>
            <source>max loss</source>
            <translation>最大损失</translation>
        </message>
        <message>
            <source>calibration</source>
            <translation>校准样本</translation>
        </message>
        <message>
            <source>placement</source>
            <translation>放置</translation>
        </message>
        <message>
            <source>max timings</source>
            <translation>最多计时次数</translation>
        </message>
        <message>
            <source>percentile</source>
            <translation>百分位</translation>
        </message>
        <message>
            <source>weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>alternatives</source>
            <translation>备选方案</translation>
        </message>
        <message>
            <source>equalize</source>
            <translation>均衡</translation>
        </message>
        <message>
            <source>bias correction</source>
            <translation>偏置校正</translation>
        </message>
        <message>
            <source>float weights</source>
            <translation>浮点权重</translation>
        </message>
        <message>
            <source>clusters</source>
            <translation>簇数</translation>
        </message>
        <message>
            <source>block</source>
            <translation>分块</translation>
        </message>
        <message>
            <source>accuracy level</source>
            <translation>精度级别</translation>
        </message>
        <message>
            <source>rate</source>
            <translation>丢弃率</translation>
        </message>
        <message>
            <source>strength</source>
            <translation>强度</translation>
        </message>
        <message>
            <source>gates</source>
            <translation>门</translation>
        </message>
        <message>
            <source>proximal</source>
            <translation>近端更新</translation>
        </message>
        <message>
            <source>over</source>
            <translation>扫描对象</translation>
        </message>
        <message>
            <source>pixels</source>
            <translation>像素</translation>
        </message>
        <message>
            <source>parameters</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>MACs</source>
            <translation>乘加</translation>
        </message>
        <message>
            <source>updates</source>
            <translation>次更新</translation>
        </message>
        <message>
            <source>units</source>
            <translation>单元</translation>
        </message>
        <message>
            <source>points</source>
            <translation>百分点</translation>
        </message>
        <message>
            <source>%</source>
            <translation>%</translation>
        </message>
        <message>
            <source>Passes of fine-tuning afterwards; 0 = none.</source>
            <translation>之后微调的轮数；0 = 不微调。</translation>
        </message>
        <message>
            <source>Peak learning rate of fine-tuning.</source>
            <translation>微调的峰值学习率。</translation>
        </message>
        <message>
            <source>Algorithm of the weight updates.</source>
            <translation>权重更新算法。</translation>
        </message>
        <message>
            <source>Course of the learning rate.</source>
            <translation>学习率的变化过程。</translation>
        </message>
        <message>
            <source>Samples of one weight update.</source>
            <translation>一次权重更新所用的样本数。</translation>
        </message>
        <message>
            <source>L2 penalty on weights (decoupled for adamw).</source>
            <translation>权重的 L2 惩罚（adamw 为解耦形式）。</translation>
        </message>
        <message>
            <source>A regulariser beside the L2 penalty: of the weights, or of the function.</source>
            <translation>L2 惩罚之外的正则项：针对权重或函数。</translation>
        </message>
        <message>
            <source>Weight of that regulariser in the loss.</source>
            <translation>该正则项在损失中的权重。</translation>
        </message>
        <message>
            <source>Share of a label given to the other classes.</source>
            <translation>标签中分给其他类别的比例。</translation>
        </message>
        <message>
            <source>Largest norm of the gradient; 0 does not clip.</source>
            <translation>梯度的最大范数；0 表示不裁剪。</translation>
        </message>
        <message>
            <source>Random shifts, crops and flips of images.</source>
            <translation>图像的随机平移、裁剪和翻转。</translation>
        </message>
        <message>
            <source>Largest shift of the augmentation.</source>
            <translation>数据增强的最大平移。</translation>
        </message>
        <message>
            <source>Augmented copies of the data the epochs go through in turn; the teacher looks at each once. 0 = a new one each.</source>
            <translation>各轮轮流使用的数据增强副本数；教师每份只看一次。0 = 每轮新生成。</translation>
        </message>
        <message>
            <source>Beta parameter of mixup, which blends pairs of samples; 0 = off.</source>
            <translation>mixup 的 beta 参数，用于混合成对样本；0 = 关闭。</translation>
        </message>
        <message>
            <source>Training samples to use at most; 0 = all.</source>
            <translation>最多使用的训练样本数；0 = 全部。</translation>
        </message>
        <message>
            <source>Share of the training samples kept apart to choose the epoch.</source>
            <translation>留出用于选择轮次的训练样本比例。</translation>
        </message>
        <message>
            <source>End with the epoch that is best on the samples kept apart.</source>
            <translation>以在留出样本上最好的那一轮结束。</translation>
        </message>
        <message>
            <source>Which activations are replaced.</source>
            <translation>替换哪些激活函数。</translation>
        </message>
        <message>
            <source>What takes their place; auto is the nearest: hardswish for GELU, SiLU, Mish, the hard form of sigmoid and tanh, else ReLU.</source>
            <translation>用什么替换；auto 取最接近的：GELU、SiLU、Mish 用 hardswish，sigmoid 和 tanh 用其硬形式，其余用 ReLU。</translation>
        </message>
        <message>
            <source>Activations left alone, by name or pattern (head*).</source>
            <translation>保持不变的激活，按名称或模式（head*）。</translation>
        </message>
        <message>
            <source>The technique that is set and then applied.</source>
            <translation>先设置再应用的技术。</translation>
        </message>
        <message>
            <source>Its knob that is chosen.</source>
            <translation>要选择取值的那项设置。</translation>
        </message>
        <message>
            <source>Values of that knob to try.</source>
            <translation>该项设置要试验的取值。</translation>
        </message>
        <message>
            <source>Its other knobs, each as name=value.</source>
            <translation>它的其他设置，各写作 名称=值。</translation>
        </message>
        <message>
            <source>Parts of the training data, each of which judges once.</source>
            <translation>训练数据的份数，每份各评判一次。</translation>
        </message>
        <message>
            <source>Training samples the folds are made of at most; 0 = all.</source>
            <translation>组成各折的训练样本最多数；0 = 全部。</translation>
        </message>
        <message>
            <source>best: the lowest cost; one-standard-error: the smallest packed file that is not clearly worse.</source>
            <translation>best：代价最低；one-standard-error：没有明显更差者中打包文件最小的。</translation>
        </message>
        <message>
            <source>Mu: accuracy (as a share of 1) you would give for all of the packed size.</source>
            <translation>Mu：为全部打包大小愿意付出的准确率（以 1 为全部）。</translation>
        </message>
        <message>
            <source>Passes over the training data.</source>
            <translation>遍历训练数据的次数。</translation>
        </message>
        <message>
            <source>Peak learning rate; 0 takes the one that suits the optimizer.</source>
            <translation>峰值学习率；0 表示采用适合该优化器的值。</translation>
        </message>
        <message>
            <source>Layers to match, as 'layer' or 'student=teacher'; empty takes four along the way.</source>
            <translation>要匹配的层，写作“层”或“学生=教师”；留空则沿途取四个。</translation>
        </message>
        <message>
            <source>Weight of the attention maps in the loss.</source>
            <translation>注意力图在损失中的权重。</translation>
        </message>
        <message>
            <source>Exponent of the activations in a map; higher looks at the peaks.</source>
            <translation>注意力图中激活的指数；越大越看重峰值。</translation>
        </message>
        <message>
            <source>Softens the outputs that are matched, too.</source>
            <translation>把所匹配的输出也软化。</translation>
        </message>
        <message>
            <source>Weight of the teacher's outputs against the labels.</source>
            <translation>教师输出相对于标签的权重。</translation>
        </message>
        <message>
            <source>Passes over the samples that are kept.</source>
            <translation>遍历保留样本的次数。</translation>
        </message>
        <message>
            <source>Share of the training samples that is kept, the same of every class.</source>
            <translation>保留的训练样本比例，每类相同。</translation>
        </message>
        <message>
            <source>k-center: every sample has a near one that is kept; herding: the mean stays; uncertain: what the teacher doubts; random: a control.</source>
            <translation>k-center：每个样本附近都有保留样本；herding：保持均值；uncertain：教师拿不准的；random：对照。</translation>
        </message>
        <message>
            <source>Softens both distributions.</source>
            <translation>软化两个分布。</translation>
        </message>
        <message>
            <source>Weight of the teacher; the rest goes to the labels.</source>
            <translation>教师的权重；其余归标签。</translation>
        </message>
        <message>
            <source>How outputs are compared.</source>
            <translation>如何比较输出。</translation>
        </message>
        <message>
            <source>Weight of the matched layers in the loss.</source>
            <translation>所匹配的层在损失中的权重。</translation>
        </message>
        <message>
            <source>Weight of the teacher's classes; the rest goes to the labels.</source>
            <translation>教师所选类别的权重；其余归标签。</translation>
        </message>
        <message>
            <source>Softens both distributions; higher shows more of the teacher's doubts.</source>
            <translation>软化两个分布；越大越显示教师的犹豫。</translation>
        </message>
        <message>
            <source>copy: the model itself, narrower and shallower; plain: plain convolutions with early stride (a perceptron for vectors, a bag of words for tokens); mobilenet, shufflenet: for images; factory: a network of yours.</source>
            <translation>copy：模型自身，更窄更浅；plain：早期降采样的普通卷积（向量用感知机，词元用词袋）；mobilenet、shufflenet：用于图像；factory：你自己的网络。</translation>
        </message>
        <message>
            <source>Your network as module:function or file.py:function; it is imported and called.</source>
            <translation>你的网络，写作 module:function 或 file.py:function；会被导入并调用。</translation>
        </message>
        <message>
            <source>Share of the channels a copy keeps, where no limit is given.</source>
            <translation>未给限制时，副本保留的通道比例。</translation>
        </message>
        <message>
            <source>Share of the residual blocks or transformer layers a copy keeps.</source>
            <translation>副本保留的残差块或 Transformer 层比例。</translation>
        </message>
        <message>
            <source>A copy begins with the weights of the channels and blocks it keeps.</source>
            <translation>副本以其保留的通道和块的权重开始。</translation>
        </message>
        <message>
            <source>A light network has at most this share of the original's multiply-accumulates, where no limit is given.</source>
            <translation>未给限制时，轻量网络的乘加次数最多为原模型的这一比例。</translation>
        </message>
        <message>
            <source>Largest number of parameters; 0 = no limit.</source>
            <translation>参数的最大数量；0 = 不限。</translation>
        </message>
        <message>
            <source>Largest number of multiply-accumulates of one inference; 0 = no limit.</source>
            <translation>一次推理的最大乘加次数；0 = 不限。</translation>
        </message>
        <message>
            <source>Also fold constants and remove dead and doubled nodes.</source>
            <translation>同时合并常量，移除无用和重复节点。</translation>
        </message>
        <message>
            <source>Share of the outputs' variance that a linear code of its width keeps.</source>
            <translation>相应宽度的线性编码所保留的输出方差比例。</translation>
        </message>
        <message>
            <source>Share of the full rank that is kept instead; overrides energy.</source>
            <translation>改为保留满秩的这一比例；优先于能量。</translation>
        </message>
        <message>
            <source>Layers left alone, by name or pattern (stem*).</source>
            <translation>保持不变的层，按名称或模式（stem*）。</translation>
        </message>
        <message>
            <source>What the code goes through.</source>
            <translation>编码所经过的函数。</translation>
        </message>
        <message>
            <source>Updates that fit each pair to its layer's outputs.</source>
            <translation>让每对编解码器拟合其层输出的更新次数。</translation>
        </message>
        <message>
            <source>Learning rate of these updates (Adam).</source>
            <translation>这些更新（Adam）的学习率。</translation>
        </message>
        <message>
            <source>Samples whose outputs are reconstructed.</source>
            <translation>用于重建输出的样本数。</translation>
        </message>
        <message>
            <source>Share of the outputs' variance that is kept; gives the rank.</source>
            <translation>保留的输出方差比例；由此得出秩。</translation>
        </message>
        <message>
            <source>Samples whose outputs are looked at.</source>
            <translation>所查看输出的样本数。</translation>
        </message>
        <message>
            <source>Share of the inputs' variance that is kept; gives the number of features.</source>
            <translation>保留的输入方差比例；由此得出特征数。</translation>
        </message>
        <message>
            <source>Samples whose features are looked at.</source>
            <translation>所查看特征的样本数。</translation>
        </message>
        <message>
            <source>Share of the squared singular values the low-rank part keeps.</source>
            <translation>低秩部分保留的奇异值平方比例。</translation>
        </message>
        <message>
            <source>Share of single weights in the sparse part.</source>
            <translation>稀疏部分中单个权重的比例。</translation>
        </message>
        <message>
            <source>Rounds in which the two parts are fitted in turn.</source>
            <translation>两部分交替拟合的轮数。</translation>
        </message>
        <message>
            <source>Share of the squared singular values that is kept; gives the rank.</source>
            <translation>保留的奇异值平方比例；由此得出秩。</translation>
        </message>
        <message>
            <source>Two 1x1 convolutions around a small core, or (cp) a sum of products of vectors.</source>
            <translation>小核心两侧各一个 1x1 卷积，或（cp）向量乘积之和。</translation>
        </message>
        <message>
            <source>Rounds of alternating least squares.</source>
            <translation>交替最小二乘的轮数。</translation>
        </message>
        <message>
            <source>Passes of fine-tuning on the labels afterwards; 0 = none.</source>
            <translation>之后用标签微调的轮数；0 = 不微调。</translation>
        </message>
        <message>
            <source>Share of the channels that leave.</source>
            <translation>移除的通道比例。</translation>
        </message>
        <message>
            <source>What makes a channel important; entropy is that of its activations on the data, random is a control.</source>
            <translation>通道重要性的依据；entropy 为其激活在数据上的熵，random 为对照。</translation>
        </message>
        <message>
            <source>The same share in every layer, or the least important of all.</source>
            <translation>每层同一比例，或取全体中最不重要的。</translation>
        </message>
        <message>
            <source>Channel counts end at multiples of this; kernels like multiples of 8.</source>
            <translation>通道数取为它的倍数；计算内核偏好 8 的倍数。</translation>
        </message>
        <message>
            <source>Layers whose channels all stay, by name or pattern (stem*).</source>
            <translation>通道全部保留的层，按名称或模式（stem*）。</translation>
        </message>
        <message>
            <source>Prune in this many rising steps, fine-tuning after each where epochs are given.</source>
            <translation>分这么多个递增步骤剪枝；给出轮数时每步后微调。</translation>
        </message>
        <message>
            <source>Samples that Taylor and entropy importance look at.</source>
            <translation>Taylor 和熵重要性所查看的样本数。</translation>
        </message>
        <message>
            <source>Share of the units that leave.</source>
            <translation>移除的单元比例。</translation>
        </message>
        <message>
            <source>Number of non-zero connections in and out, the sum of their absolute weights, or both multiplied.</source>
            <translation>非零输入输出连接的数量、其绝对权重之和，或两者相乘。</translation>
        </message>
        <message>
            <source>The same share in every layer, or the lowest of all.</source>
            <translation>每层同一比例，或取全体中最低的。</translation>
        </message>
        <message>
            <source>Widths end at multiples of this.</source>
            <translation>宽度取为它的倍数。</translation>
        </message>
        <message>
            <source>Layers whose units all stay, by name or pattern (stem*).</source>
            <translation>单元全部保留的层，按名称或模式（stem*）。</translation>
        </message>
        <message>
            <source>Units whose share of zeros (APoZ) reaches this leave; 1 = never active.</source>
            <translation>零占比（APoZ）达到此值的单元被移除；1 = 从不激活。</translation>
        </message>
        <message>
            <source>Samples whose activations are looked at.</source>
            <translation>所查看激活的样本数。</translation>
        </message>
        <message>
            <source>Which units leave first: those that tell least, or (as a control) most.</source>
            <translation>先移除哪些单元：信息最少的，或（作为对照）最多的。</translation>
        </message>
        <message>
            <source>Bins of the histogram of a unit's activations.</source>
            <translation>单元激活直方图的格数。</translation>
        </message>
        <message>
            <source>The same share in every layer, or the lowest entropy of all.</source>
            <translation>每层同一比例，或取全体中熵最低的。</translation>
        </message>
        <message>
            <source>Passes of fine-tuning with the zeros held; 0 = none.</source>
            <translation>保持零不变的微调轮数；0 = 不微调。</translation>
        </message>
        <message>
            <source>Share of the weights that become zero.</source>
            <translation>变为零的权重比例。</translation>
        </message>
        <message>
            <source>Weight times gradient (first-order Taylor), or the gradient alone.</source>
            <translation>权重乘梯度（一阶 Taylor），或仅梯度。</translation>
        </message>
        <message>
            <source>One limit for all layers, or one share in each.</source>
            <translation>所有层共用一个界限，或每层各一个比例。</translation>
        </message>
        <message>
            <source>Samples whose gradients are summed up.</source>
            <translation>累加梯度所用的样本数。</translation>
        </message>
        <message>
            <source>Layers with fewer weights are left alone.</source>
            <translation>权重少于此数的层保持不变。</translation>
        </message>
        <message>
            <source>Share of the heads that leave; every layer keeps one at least.</source>
            <translation>移除的注意力头比例；每层至少保留一个。</translation>
        </message>
        <message>
            <source>Which heads count: by the loss's gradient at a gate on each, or by the weights that read it; random is a control.</source>
            <translation>哪些头重要：按每个头上门的损失梯度，或按读取它的权重；random 为对照。</translation>
        </message>
        <message>
            <source>Samples the gradient is taken on.</source>
            <translation>计算梯度所用的样本数。</translation>
        </message>
        <message>
            <source>Attention layers whose heads all stay, by name or pattern (blocks.0*).</source>
            <translation>注意力头全部保留的注意力层，按名称或模式（blocks.0*）。</translation>
        </message>
        <message>
            <source>Share of the blocks that leave.</source>
            <translation>移除的块比例。</translation>
        </message>
        <message>
            <source>How much a block is missed: the loss without it, or how much it turns its input (1 - cosine), which needs no labels.</source>
            <translation>块的重要程度：去掉它后的损失，或它使输入转动多少（1 - 余弦），后者不需要标签。</translation>
        </message>
        <message>
            <source>Samples the impact is measured on.</source>
            <translation>测量影响所用的样本数。</translation>
        </message>
        <message>
            <source>Blocks that stay, by name or pattern (blocks.0).</source>
            <translation>保留的块，按名称或模式（blocks.0）。</translation>
        </message>
        <message>
            <source>Zero everything smaller than this instead; overrides sparsity.</source>
            <translation>改为把小于此值的都置零；优先于稀疏度。</translation>
        </message>
        <message>
            <source>All at once, or in rising steps with training between.</source>
            <translation>一次完成，或分递增步骤并在其间训练。</translation>
        </message>
        <message>
            <source>Number of rising steps.</source>
            <translation>递增步骤的数量。</translation>
        </message>
        <message>
            <source>Fine-tune towards the original's outputs, where it is a module.</source>
            <translation>若原模型是模块，则向其输出微调。</translation>
        </message>
        <message>
            <source>Blocks that leave whole; each must have an input and output of one shape.</source>
            <translation>整块移除的块；其输入和输出的形状须相同。</translation>
        </message>
        <message>
            <source>Channels that leave, as 'layer: 0, 3, 8-15'; what depends on them goes, too.</source>
            <translation>要移除的通道，写作“层: 0, 3, 8-15”；依赖它们的也一并移除。</translation>
        </message>
        <message>
            <source>Weights that become zero, as 'layer: out,in; out,in', a convolution's with all its kernel.</source>
            <translation>要置零的权重，写作“层: 输出,输入; 输出,输入”；卷积则连同整个核。</translation>
        </message>
        <message>
            <source>Passes of fine-tuning with the pattern held; 0 = none.</source>
            <translation>保持该模式的微调轮数；0 = 不微调。</translation>
        </message>
        <message>
            <source>Weights that stay in every group.</source>
            <translation>每组保留的权重数。</translation>
        </message>
        <message>
            <source>Consecutive weights of a row that make a group.</source>
            <translation>一行中组成一组的连续权重数。</translation>
        </message>
        <message>
            <source>Share of the hidden units that leave.</source>
            <translation>移除的隐藏单元比例。</translation>
        </message>
        <message>
            <source>What makes a unit important: the size of its gates' weights, or weight times gradient; random is a control.</source>
            <translation>单元重要性的依据：其门权重的大小，或权重乘梯度；random 为对照。</translation>
        </message>
        <message>
            <source>Numbers of units end at multiples of this.</source>
            <translation>单元数取为它的倍数。</translation>
        </message>
        <message>
            <source>Recurrent layers that stay, by name or pattern (decoder*).</source>
            <translation>保留的循环层，按名称或模式（decoder*）。</translation>
        </message>
        <message>
            <source>Bits of a weight.</source>
            <translation>一个权重的位数。</translation>
        </message>
        <message>
            <source>Zero point 0; else the range runs from the smallest to the largest weight.</source>
            <translation>零点为 0；否则范围从最小权重到最大权重。</translation>
        </message>
        <message>
            <source>One scale per output channel or per tensor.</source>
            <translation>每个输出通道一个缩放，或每个张量一个。</translation>
        </message>
        <message>
            <source>Hold every weight, or clip to the least squared error.</source>
            <translation>容纳所有权重，或按最小平方误差裁剪。</translation>
        </message>
        <message>
            <source>How a value between two codes is rounded; adaptive looks at what the layer's outputs lose on calibration data.</source>
            <translation>两个编码之间的值如何舍入；adaptive 看该层输出在校准数据上的损失。</translation>
        </message>
        <message>
            <source>Bits of simulated activations before each layer; 0 leaves them float.</source>
            <translation>每层之前模拟激活的位数；0 表示保持浮点。</translation>
        </message>
        <message>
            <source>Calibration samples of the activations.</source>
            <translation>激活的校准样本数。</translation>
        </message>
        <message>
            <source>Step of the general form Q(gamma x + beta) + alpha; 0 chooses the scale from the weights.</source>
            <translation>一般形式 Q(gamma x + beta) + alpha 的步长；0 表示由权重选择缩放。</translation>
        </message>
        <message>
            <source>Factor of the general form.</source>
            <translation>一般形式的系数。</translation>
        </message>
        <message>
            <source>Offset before rounding in the general form.</source>
            <translation>一般形式中舍入前的偏移。</translation>
        </message>
        <message>
            <source>Offset after rounding in the general form.</source>
            <translation>一般形式中舍入后的偏移。</translation>
        </message>
        <message>
            <source>Layers that stay float, by name or pattern (stem*).</source>
            <translation>保持浮点的层，按名称或模式（stem*）。</translation>
        </message>
        <message>
            <source>Also convolutions; they usually get slower (0.07x to 0.9x were measured).</source>
            <translation>卷积也量化；它们通常会变慢（实测为 0.07x 至 0.9x）。</translation>
        </message>
        <message>
            <source>Bits of the weights: 8 (full), 7 (reduced), or 7 only where the target's processor would overflow (auto).</source>
            <translation>权重位数：8（full）、7（reduced），或仅在目标处理器会溢出时用 7（auto）。</translation>
        </message>
        <message>
            <source>Names of nodes that stay float.</source>
            <translation>保持浮点的节点名称。</translation>
        </message>
        <message>
            <source>Bits of a word, the sign included.</source>
            <translation>一个字的位数，含符号位。</translation>
        </message>
        <message>
            <source>Bits behind the binary point (n of Qm.n); -1 takes as many as the largest weight leaves.</source>
            <translation>二进制小数点后的位数（Qm.n 的 n）；-1 表示按最大权重留下的位数取。</translation>
        </message>
        <message>
            <source>How a value between two codes is rounded.</source>
            <translation>两个编码之间的值如何舍入。</translation>
        </message>
        <message>
            <source>float16 has finer steps, bfloat16 the range of float32.</source>
            <translation>float16 步长更细，bfloat16 具有 float32 的范围。</translation>
        </message>
        <message>
            <source>Only the file is half as large and runs as float32 everywhere, or also the arithmetic is float16.</source>
            <translation>只是文件减半、处处以 float32 运行，或运算也用 float16。</translation>
        </message>
        <message>
            <source>Layers that stay float32, by name or pattern (stem*).</source>
            <translation>保持 float32 的层，按名称或模式（stem*）。</translation>
        </message>
        <message>
            <source>Passes of fine-tuning; 0 = none.</source>
            <translation>微调的轮数；0 = 不微调。</translation>
        </message>
        <message>
            <source>Two values or three (with zero) a channel.</source>
            <translation>每通道两个值或三个值（含零）。</translation>
        </message>
        <message>
            <source>The first and the last layer stay float: they are small and cost most accuracy.</source>
            <translation>首层和末层保持浮点：它们小，却最影响准确率。</translation>
        </message>
        <message>
            <source>Budget: mean bits of a weight over all layers.</source>
            <translation>预算：所有层权重的平均位数。</translation>
        </message>
        <message>
            <source>Stop narrowing before more accuracy is lost on the calibration data.</source>
            <translation>在校准数据上损失更多准确率之前停止收窄。</translation>
        </message>
        <message>
            <source>Samples of the sensitivity table.</source>
            <translation>敏感度表所用的样本数。</translation>
        </message>
        <message>
            <source>Passes of fine-tuning with rounded weights and activations.</source>
            <translation>带权重和激活舍入的微调轮数。</translation>
        </message>
        <message>
            <source>One weight scale per output channel or per tensor.</source>
            <translation>每个输出通道一个权重缩放，或每个张量一个。</translation>
        </message>
        <message>
            <source>How activation ranges are chosen.</source>
            <translation>激活范围如何选择。</translation>
        </message>
        <message>
            <source>Quantize everything, or let measurements on the target decide layer by layer.</source>
            <translation>全部量化，或由目标设备上的测量逐层决定。</translation>
        </message>
        <message>
            <source>Budget of measured candidates.</source>
            <translation>实测候选数的预算。</translation>
        </message>
        <message>
            <source>Share of activations inside the range.</source>
            <translation>落在范围内的激活比例。</translation>
        </message>
        <message>
            <source>Calibration samples.</source>
            <translation>校准样本数。</translation>
        </message>
        <message>
            <source>Integers of the activations; uint8 lets ReLU fuse.</source>
            <translation>激活的整数类型；uint8 便于融合 ReLU。</translation>
        </message>
        <message>
            <source>Activations with zero point 0, which some accelerators ask for.</source>
            <translation>激活的零点为 0，某些加速器要求如此。</translation>
        </message>
        <message>
            <source>Integers of the weights; uint8 sums exactly on every processor and is slower on x86.</source>
            <translation>权重的整数类型；uint8 在每种处理器上都精确求和，但在 x86 上较慢。</translation>
        </message>
        <message>
            <source>Bits of int8 weights: 8 (full), 7 (reduced), or 7 only where the target's processor would overflow (auto).</source>
            <translation>int8 权重的位数：8（full）、7（reduced），或仅在目标处理器会溢出时用 7（auto）。</translation>
        </message>
        <message>
            <source>Also try uint8 weights, int8 activations, per tensor and float, and keep what measures fastest on the target among those that are not surely less accurate.</source>
            <translation>同时试验 uint8 权重、int8 激活、逐张量和浮点，并在没有确定更不准确者中保留目标设备上实测最快的。</translation>
        </message>
        <message>
            <source>First bring the channels of neighbouring layers to one size; helps per tensor.</source>
            <translation>先把相邻层的通道调到同一大小；对逐张量量化有帮助。</translation>
        </message>
        <message>
            <source>Take the mean error of every layer's outputs into its bias.</source>
            <translation>把每层输出的平均误差并入其偏置。</translation>
        </message>
        <message>
            <source>Layers that cost most return to float until no more accuracy is lost on the calibration data.</source>
            <translation>代价最大的层恢复为浮点，直到校准数据上不再损失准确率。</translation>
        </message>
        <message>
            <source>Weights of layers that stay float because they are faster so: stored as int8 (4x smaller, float again when the file is loaded) or as they are. Layers in exclude always keep theirs.</source>
            <translation>因更快而保持浮点的层的权重：存为 int8（缩小 4 倍，加载文件时恢复浮点）或原样保存。排除的层始终保留原样。</translation>
        </message>
        <message>
            <source>int8 weights are unpacked once, when the file is loaded: four times smaller at the speed of float.</source>
            <translation>int8 权重在加载文件时解包一次：缩小四倍，速度与浮点相同。</translation>
        </message>
        <message>
            <source>Bits of a stored int8 weight; fewer take no less room, but pack smaller.</source>
            <translation>所存 int8 权重的位数；更少并不少占空间，但打包更小。</translation>
        </message>
        <message>
            <source>Passes of fine-tuning with the assignments held; 0 = none.</source>
            <translation>保持分配不变的微调轮数；0 = 不微调。</translation>
        </message>
        <message>
            <source>Algorithm of the updates.</source>
            <translation>更新算法。</translation>
        </message>
        <message>
            <source>Different values a tensor may have.</source>
            <translation>一个张量可有的不同值的数量。</translation>
        </message>
        <message>
            <source>Values where the weights are, or powers of two.</source>
            <translation>取权重所在处的值，或 2 的幂。</translation>
        </message>
        <message>
            <source>Tensors with fewer weights are left alone.</source>
            <translation>权重少于此数的张量保持不变。</translation>
        </message>
        <message>
            <source>Bits of a weight: 4 or 8.</source>
            <translation>一个权重的位数：4 或 8。</translation>
        </message>
        <message>
            <source>Weights that share a scale: 16, 32, 64, 128 or 256.</source>
            <translation>共用一个缩放的权重数：16、32、64、128 或 256。</translation>
        </message>
        <message>
            <source>Zero point in the middle; else one zero point a block.</source>
            <translation>零点居中；否则每块一个零点。</translation>
        </message>
        <message>
            <source>Arithmetic of the kernel: 0 = the runtime's choice, 1 = float32, 4 = int8.</source>
            <translation>内核的运算：0 = 由运行时选择，1 = float32，4 = int8。</translation>
        </message>
        <message>
            <source>Layers that stay float, by name or pattern (head*).</source>
            <translation>保持浮点的层，按名称或模式（head*）。</translation>
        </message>
        <message>
            <source>Peak learning rate.</source>
            <translation>峰值学习率。</translation>
        </message>
        <message>
            <source>targeted: the smallest weights are dropped at random, then leave; variational: every weight learns its own noise.</source>
            <translation>targeted：随机丢弃最小的权重，然后移除；variational：每个权重学习自己的噪声。</translation>
        </message>
        <message>
            <source>Share of each layer's weights that leave (targeted).</source>
            <translation>每层移除的权重比例（targeted）。</translation>
        </message>
        <message>
            <source>Probability with which a candidate is dropped (targeted).</source>
            <translation>候选权重被丢弃的概率（targeted）。</translation>
        </message>
        <message>
            <source>Weight of the divergence in the loss (variational).</source>
            <translation>散度在损失中的权重（variational）。</translation>
        </message>
        <message>
            <source>Algorithm of the weight updates; gates need an adaptive one.</source>
            <translation>权重更新算法；门需要自适应算法。</translation>
        </message>
        <message>
            <source>One gate for every weight, or for every output channel.</source>
            <translation>每个权重一个门，或每个输出通道一个。</translation>
        </message>
        <message>
            <source>Lambda: price of one weight that is not zero.</source>
            <translation>Lambda：一个非零权重的代价。</translation>
        </message>
        <message>
            <source>Single weights, or whole output channels.</source>
            <translation>单个权重，或整个输出通道。</translation>
        </message>
        <message>
            <source>Lambda: weight of the penalty in the loss.</source>
            <translation>Lambda：惩罚项在损失中的权重。</translation>
        </message>
        <message>
            <source>Apply the penalty as a soft threshold after every update, which gives exact zeros.</source>
            <translation>每次更新后把惩罚作为软阈值施加，可得到精确的零。</translation>
        </message>
        <message>
            <source>What is smaller after training becomes zero.</source>
            <translation>训练后小于此值的变为零。</translation>
        </message>
        <message>
            <source>Squared size at which a weight is pushed half as hard.</source>
            <translation>权重受推力减半时的平方大小。</translation>
        </message>
        <message>
            <source>bounded is w^2/(w^2+alpha); reciprocal is 1/(w^2+alpha), a control that pushes small weights away from zero.</source>
            <translation>bounded 为 w^2/(w^2+alpha)；reciprocal 为 1/(w^2+alpha)，是把小权重推离零的对照。</translation>
        </message>
        <message>
            <source>Passes over the training data for each point.</source>
            <translation>每个点遍历训练数据的次数。</translation>
        </message>
        <message>
            <source>lambda: strengths of L1 training, judged by density; ratio: shares of magnitude pruning, judged by packed size.</source>
            <translation>lambda：L1 训练的强度，按密度评判；ratio：幅值剪枝的比例，按打包大小评判。</translation>
        </message>
        <message>
            <source>Points to try; empty takes 1e-5, 1e-4, 1e-3 or the shares 0.3, 0.5, 0.7, 0.9.</source>
            <translation>要试验的点；留空取 1e-5、1e-4、1e-3，或比例 0.3、0.5、0.7、0.9。</translation>
        </message>
        <message>
            <source>Mu: accuracy (as a share of 1) you would give for all of the size; never swept.</source>
            <translation>Mu：为全部大小愿意付出的准确率（以 1 为全部）；从不参与扫描。</translation>
        </message>
    </context>
</TS>
