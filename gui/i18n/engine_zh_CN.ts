<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
    <context>
        <name>Engine</name>
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
            <source>Dropout sparsity</source>
            <translation>Dropout 稀疏化</translation>
        </message>
        <message>
            <source>L0 training with hard-concrete gates</source>
            <translation>L0 正则训练（Hard Concrete 门控）</translation>
        </message>
        <message>
            <source>L1 and group-lasso training</source>
            <translation>L1 与组 Lasso 训练</translation>
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
            <source>Activation replacement</source>
            <translation>激活函数替换</translation>
        </message>
        <message>
            <source>Operator fusion and clean-up</source>
            <translation>算子融合与清理</translation>
        </message>
        <message>
            <source>Cross-validated choice of a knob</source>
            <translation>用交叉验证选择设置</translation>
        </message>
        <message>
            <source>quantization</source>
            <translation>量化</translation>
        </message>
        <message>
            <source>pruning</source>
            <translation>剪枝</translation>
        </message>
        <message>
            <source>distillation</source>
            <translation>蒸馏</translation>
        </message>
        <message>
            <source>lowrank</source>
            <translation>低秩</translation>
        </message>
        <message>
            <source>sparsity</source>
            <translation>稀疏化</translation>
        </message>
        <message>
            <source>activation</source>
            <translation>激活</translation>
        </message>
        <message>
            <source>graph</source>
            <translation>计算图</translation>
        </message>
        <message>
            <source>choice</source>
            <translation>选择</translation>
        </message>
        <message>
            <source>Weights of any width as packed codes with scale and zero point; smaller, not faster; activations simulated.</source>
            <translation>任意位宽的权重，以打包编码加缩放和零点保存；更小，但不更快；激活为模拟量化。</translation>
        </message>
        <message>
            <source>int8 weights for matrix products and LSTM, activations quantized while running; needs no data.</source>
            <translation>矩阵乘法和 LSTM 的权重为 int8，激活在运行时量化；无需数据。</translation>
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
            <source>Fine-tunes with int8 rounding (or fewer bits), then exports the same plain int8 file as static quantization.</source>
            <translation>在微调时模拟 int8（或更少位数的）舍入，然后导出与静态量化相同的普通 int8 文件。</translation>
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
            <source>Replaces GELU, SiLU, sigmoid and the like by functions that small boards compute fast; weights stay.</source>
            <translation>把 GELU、SiLU、sigmoid 等换成小型板卡算得快的函数；权重不变。</translation>
        </message>
        <message>
            <source>Folds batch normalisation into convolutions, constants into one, and removes dead nodes; outputs stay equal.</source>
            <translation>把批归一化并入卷积，合并常量，移除无用节点；输出保持相等。</translation>
        </message>
        <message>
            <source>Tries values of any technique's knob on k folds of the training data and applies the best one.</source>
            <translation>在训练数据的 k 折上试验任一技术某项设置的取值，并采用最好的一个。</translation>
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
            <source>samples</source>
            <translation>样本数</translation>
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
            <source>alpha</source>
            <translation>alpha</translation>
        </message>
        <message>
            <source>exclude</source>
            <translation>排除</translation>
        </message>
        <message>
            <source>convolutions</source>
            <translation>卷积</translation>
        </message>
        <message>
            <source>embeddings</source>
            <translation>嵌入</translation>
        </message>
        <message>
            <source>recurrent</source>
            <translation>循环层</translation>
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
            <source>distill</source>
            <translation>蒸馏</translation>
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
            <source>precision</source>
            <translation>精度</translation>
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
            <source>average bits</source>
            <translation>平均位数</translation>
        </message>
        <message>
            <source>max loss</source>
            <translation>最大损失</translation>
        </message>
        <message>
            <source>calibration</source>
            <translation>校准方法</translation>
        </message>
        <message>
            <source>weight bits</source>
            <translation>权重位数</translation>
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
            <source>min weights</source>
            <translation>最少权重数</translation>
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
            <source>ratio</source>
            <translation>比例</translation>
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
            <source>layers</source>
            <translation>层</translation>
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
            <source>student temperature</source>
            <translation>学生温度</translation>
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
            <source>steps</source>
            <translation>步数</translation>
        </message>
        <message>
            <source>fit rate</source>
            <translation>拟合学习率</translation>
        </message>
        <message>
            <source>energy</source>
            <translation>能量</translation>
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
            <source>values</source>
            <translation>取值</translation>
        </message>
        <message>
            <source>price</source>
            <translation>价格</translation>
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
            <source>simplify</source>
            <translation>简化</translation>
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
            <source>pixels</source>
            <translation>像素</translation>
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
            <source>units</source>
            <translation>单元</translation>
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
            <source>Tables of embeddings become 8-bit integers, too; their rows are float again when looked up.</source>
            <translation>嵌入表也变成 8 位整数；查表时其行恢复为浮点。</translation>
        </message>
        <message>
            <source>LSTM layers run on int8 kernels, too; GRU and plain recurrent layers, for which onnxruntime has none, store their weights as int8 and run in float.</source>
            <translation>LSTM 层也用 int8 内核运行；GRU 和普通循环层在 onnxruntime 中没有 int8 内核，其权重以 int8 存储、以浮点运行。</translation>
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
            <source>Two values or three (with zero) a channel.</source>
            <translation>每通道两个值或三个值（含零）。</translation>
        </message>
        <message>
            <source>The first and the last layer stay float: they are small and cost most accuracy.</source>
            <translation>首层和末层保持浮点：它们小，却最影响准确率。</translation>
        </message>
        <message>
            <source>Fine-tune towards the original's outputs, where it is a module.</source>
            <translation>若原模型是模块，则向其输出微调。</translation>
        </message>
        <message>
            <source>Passes of fine-tuning; 0 = none.</source>
            <translation>微调的轮数；0 = 不微调。</translation>
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
            <source>Numbers the network is trained with; bfloat16 is about twice as fast where the processor has instructions for it. The weights stay float32.</source>
            <translation>训练网络所用的数值类型；若处理器有相应指令，bfloat16 大约快一倍。权重仍为 float32。</translation>
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
            <source>One weight scale per output channel or per tensor.</source>
            <translation>每个输出通道一个权重缩放，或每个张量一个。</translation>
        </message>
        <message>
            <source>How activation ranges are chosen.</source>
            <translation>激活范围如何选择。</translation>
        </message>
        <message>
            <source>Bits the weights are trained to. With fewer than 8 every channel learns the step between its few values; the file stores them as int8, so its size and speed stay, and the packed file gets smaller, with 4 bits by a third and more. The first and the last layer keep 8.</source>
            <translation>训练到的权重位数。少于 8 位时，每个通道会学习其少数取值之间的步长；文件仍以 int8 存储，因此文件大小和速度不变，而打包文件更小，4 位时至少小三分之一。第一层和最后一层保持 8 位。</translation>
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
            <source>Passes of fine-tuning with rounded weights and activations.</source>
            <translation>带权重和激活舍入的微调轮数。</translation>
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
            <source>Bits the weights are rounded to before they become int8. One bit less saves about a bit of every weight that is not zero in the packed file; the file itself and its speed stay.</source>
            <translation>权重在变成 int8 之前先舍入到的位数。每少一位，打包文件中每个非零权重约省一位；文件本身及其速度不变。</translation>
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
            <source>Different values a tensor may have.</source>
            <translation>一个张量可有的不同值的数量。</translation>
        </message>
        <message>
            <source>Values where the weights are, or powers of two.</source>
            <translation>取权重所在处的值，或 2 的幂。</translation>
        </message>
        <message>
            <source>Layers left alone, by name or pattern (stem*).</source>
            <translation>保持不变的层，按名称或模式（stem*）。</translation>
        </message>
        <message>
            <source>Tensors with fewer weights are left alone.</source>
            <translation>权重少于此数的张量保持不变。</translation>
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
            <source>Share of the channels that leave.</source>
            <translation>移除的通道比例。</translation>
        </message>
        <message>
            <source>What makes a channel important; entropy is that of its activations on the data, random is a control.</source>
            <translation>通道重要性的依据；“熵”为其激活在数据上的熵，“随机”为对照。</translation>
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
            <source>Passes of fine-tuning on the labels afterwards; 0 = none.</source>
            <translation>之后用标签微调的轮数；0 = 不微调。</translation>
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
            <source>Passes of fine-tuning afterwards; 0 = none.</source>
            <translation>之后微调的轮数；0 = 不微调。</translation>
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
            <source>Layers with fewer weights are left alone, where there are larger ones.</source>
            <translation>在有更大的层时，权重少于此数的层保持不变。</translation>
        </message>
        <message>
            <source>Passes of fine-tuning with the zeros held; 0 = none.</source>
            <translation>保持零不变的微调轮数；0 = 不微调。</translation>
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
            <source>One limit for all layers, one share in each, or a share for each layer by what it costs on calibration data.</source>
            <translation>所有层一个界限、每层相同比例，或按校准数据上的代价为每层定比例。</translation>
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
            <source>Weights that stay in every group.</source>
            <translation>每组保留的权重数。</translation>
        </message>
        <message>
            <source>Consecutive weights of a row that make a group.</source>
            <translation>一行中组成一组的连续权重数。</translation>
        </message>
        <message>
            <source>Passes of fine-tuning with the pattern held; 0 = none.</source>
            <translation>保持该模式的微调轮数；0 = 不微调。</translation>
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
            <source>Passes over the training data.</source>
            <translation>遍历训练数据的次数。</translation>
        </message>
        <message>
            <source>Peak learning rate; 0 takes the one that suits the optimizer.</source>
            <translation>峰值学习率；0 表示采用适合该优化器的值。</translation>
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
            <source>Passes over the samples that are kept.</source>
            <translation>遍历保留样本的次数。</translation>
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
            <source>Softens the student's outputs by another temperature than the teacher's.</source>
            <translation>用与教师不同的温度软化学生的输出。</translation>
        </message>
        <message>
            <source>copy: the model itself, narrower and shallower; residual: residual blocks after an early stride; plain: plain convolutions, smaller still; both convolve over time where the model reads a signal, recurrent ones too; for vectors both are a perceptron, for tokens a bag of words; mobilenet, shufflenet: for images; factory: a network of yours.</source>
            <translation>缩小的副本：模型自身，更窄更浅；残差卷积：早期下采样后的残差块；普通卷积：更小；模型读取信号时（循环网络也一样），后两者沿时间卷积；对向量两者都是感知机，对词元是词袋；MobileNet 式、ShuffleNet 式：用于图像；自定义函数：你自己的网络。</translation>
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
            <source>Share of the outputs' variance that a linear code of its width keeps.</source>
            <translation>相应宽度的线性编码所保留的输出方差比例。</translation>
        </message>
        <message>
            <source>Share of the full rank that is kept instead; overrides energy.</source>
            <translation>改为保留满秩的这一比例；优先于能量。</translation>
        </message>
        <message>
            <source>Samples whose outputs are looked at.</source>
            <translation>所查看输出的样本数。</translation>
        </message>
        <message>
            <source>Share of the outputs' variance that is kept; gives the rank.</source>
            <translation>保留的输出方差比例；由此得出秩。</translation>
        </message>
        <message>
            <source>Samples whose features are looked at.</source>
            <translation>所查看特征的样本数。</translation>
        </message>
        <message>
            <source>Share of the inputs' variance that is kept; gives the number of features.</source>
            <translation>保留的输入方差比例；由此得出特征数。</translation>
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
            <source>Share of the squared singular values the low-rank part keeps.</source>
            <translation>低秩部分保留的奇异值平方比例。</translation>
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
            <source>Peak learning rate.</source>
            <translation>峰值学习率。</translation>
        </message>
        <message>
            <source>End with the epoch that is best on the samples kept apart; it may have fewer zeros.</source>
            <translation>以在留出样本上最好的一轮结束；其零值可能较少。</translation>
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
            <source>Algorithm of the weight updates; gates need an adaptive one.</source>
            <translation>权重更新算法；门需要自适应算法。</translation>
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
        <message>
            <source>Passes over the training data for each point.</source>
            <translation>每个采样点遍历训练数据的次数。</translation>
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
            <source>Also fold constants and remove dead and doubled nodes.</source>
            <translation>同时合并常量，移除无用和重复节点。</translation>
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
            <source>; </source>
            <translation>；</translation>
        </message>
        <message>
            <source>top5_accuracy</source>
            <translation>Top-5 准确率</translation>
        </message>
        <message>
            <source>f1_macro</source>
            <translation>宏平均 F1</translation>
        </message>
        <message>
            <source>f1_weighted</source>
            <translation>加权平均 F1</translation>
        </message>
        <message>
            <source>precision_macro</source>
            <translation>宏平均精确率</translation>
        </message>
        <message>
            <source>recall_macro</source>
            <translation>宏平均召回率</translation>
        </message>
        <message>
            <source>roc_auc_macro</source>
            <translation>宏平均 ROC-AUC</translation>
        </message>
        <message>
            <source>rmse</source>
            <translation>均方根误差 RMSE</translation>
        </message>
        <message>
            <source>mae</source>
            <translation>平均绝对误差 MAE</translation>
        </message>
        <message>
            <source>map50_95</source>
            <translation>mAP@50:95</translation>
        </message>
        <message>
            <source>map50</source>
            <translation>mAP@50</translation>
        </message>
        <message>
            <source>recall50</source>
            <translation>召回率@50</translation>
        </message>
        <message>
            <source>miou</source>
            <translation>平均交并比 mIoU</translation>
        </message>
        <message>
            <source>pixel_accuracy</source>
            <translation>像素准确率</translation>
        </message>
        <message>
            <source>wer</source>
            <translation>词错误率 WER</translation>
        </message>
        <message>
            <source>cer</source>
            <translation>字符错误率 CER</translation>
        </message>
        <message>
            <source>update Flyweight on both sides: flyweight device add NAME ADDRESS again</source>
            <translation>请更新两端的 Flyweight：再次运行 flyweight device add NAME ADDRESS</translation>
        </message>
        <message>
            <source>the layer is gone or was split</source>
            <translation>该层已移除或被拆分</translation>
        </message>
        <message>
            <source>{0} -&gt; {1} weights</source>
            <translation>权重 {0} → {1}</translation>
        </message>
        <message>
            <source>{0} -&gt; {1} weights in {2} layers</source>
            <translation>{0} -&gt; {1} 个权重，分为 {2} 层</translation>
        </message>
        <message>
            <source>{0} -&gt; {1} zeros</source>
            <translation>零值 {0} → {1}</translation>
        </message>
        <message>
            <source>stored as {0} instead of {1}</source>
            <translation>以 {0} 存储，原为 {1}</translation>
        </message>
        <message>
            <source>{0}x the time of its sisters</source>
            <translation>用时为同类板卡的 {0} 倍</translation>
        </message>
        <message>
            <source>{0} stale</source>
            <translation>{0} 条已过时</translation>
        </message>
        <message>
            <source>stale: {0}</source>
            <translation>已过时：{0}</translation>
        </message>
        <message>
            <source>extra {0}</source>
            <translation>附加组件 {0}</translation>
        </message>
        <message>
            <source>not installed (optional): {0}</source>
            <translation>未安装（可选）：{0}</translation>
        </message>
        <message>
            <source>{0} readings in {1}</source>
            <translation>{1} 中有 {0} 条测量记录</translation>
        </message>
        <message>
            <source>{0}, Python {1}, protocol {2}</source>
            <translation>{0}，Python {1}，协议 {2}</translation>
        </message>
        <message>
            <source>none yet; the first deploy brings one</source>
            <translation>尚无；首次部署会带上一个</translation>
        </message>
        <message>
            <source>{0} (this computer)</source>
            <translation>{0}（本机）</translation>
        </message>
        <message>
            <source>This computer ({0})</source>
            <translation>本机（{0}）</translation>
        </message>
        <message>
            <source>{0}, {1} cores</source>
            <translation>{0}，{1} 核</translation>
        </message>
        <message>
            <source>the agent runs as root; an account of its own is safer</source>
            <translation>代理程序以 root 运行；使用独立账户更安全</translation>
        </message>
        <message>
            <source>no power monitor is known to the kernel</source>
            <translation>内核未识别功率监测器</translation>
        </message>
        <message>
            <source>the agent there does not tell it</source>
            <translation>板卡上的代理程序不提供此项</translation>
        </message>
        <message>
            <source>board {0}</source>
            <translation>板卡 {0}</translation>
        </message>
        <message>
            <source>system {0}, kernel {1}</source>
            <translation>系统 {0}，内核 {1}</translation>
        </message>
        <message>
            <source>ISA {0}</source>
            <translation>指令集 {0}</translation>
        </message>
        <message>
            <source>governor unknown, power mode unknown</source>
            <translation>调频策略未知，功耗模式未知</translation>
        </message>
        <message>
            <source>governor {0}, power mode unknown</source>
            <translation>调频策略 {0}，功耗模式未知</translation>
        </message>
        <message>
            <source>governor {0}, power mode {1}</source>
            <translation>调频策略 {0}，功耗模式 {1}</translation>
        </message>
        <message>
            <source>goal within {0} point of the original: reached by {1}</source>
            <translation>目标“与原模型相差不超过 {0} 个百分点”：{1} 已达到</translation>
        </message>
        <message>
            <source>goal within {0} point of the original: missed in this run</source>
            <translation>目标“与原模型相差不超过 {0} 个百分点”：本次未达到</translation>
        </message>
        <message>
            <source>goal within {0} points of the original: reached by {1}</source>
            <translation>目标“与原模型相差不超过 {0} 个百分点”：{1} 已达到</translation>
        </message>
        <message>
            <source>goal within {0} points of the original: missed in this run</source>
            <translation>目标“与原模型相差不超过 {0} 个百分点”：本次未达到</translation>
        </message>
        <message>
            <source>goal {0}x smaller packed and surely {1}x faster at {2} point or less: reached by {3}</source>
            <translation>目标“打包后缩小 {0} 倍、确定加快 {1} 倍、最多损失 {2} 个百分点”：{3} 已达到</translation>
        </message>
        <message>
            <source>goal {0}x smaller packed and surely {1}x faster at {2} point or less: missed in this run</source>
            <translation>目标“打包后缩小 {0} 倍、确定加快 {1} 倍、最多损失 {2} 个百分点”：本次未达到</translation>
        </message>
        <message>
            <source>estimated neither smaller nor faster than {0}, which changes less</source>
            <translation>估计既不比改动更小的 {0} 更小，也不更快</translation>
        </message>
        <message>
            <source>left out to keep the run short: at most {0} candidates are compressed</source>
            <translation>为缩短运行而略过：最多压缩 {0} 个候选</translation>
        </message>
        <message>
            <source>within the limits, but {0} is the better choice: {1} ms against {2} ms</source>
            <translation>在限制之内，但 {0} 更好：{1} ms 对 {2} ms</translation>
        </message>
        <message>
            <source>within the limits, and as good as {0} in all that counts</source>
            <translation>在限制之内，且在所有相关方面与 {0} 相当</translation>
        </message>
        <message>
            <source>within the limits, but {0} is the better choice: {1} bytes against {2}</source>
            <translation>在限制之内，但 {0} 更好：{1} 字节对 {2}</translation>
        </message>
        <message>
            <source>within the limits, but {0} is the better choice: {1} points lost against {2}</source>
            <translation>在限制之内，但 {0} 更好：损失 {1} 个百分点对 {2}</translation>
        </message>
        <message>
            <source>none of {0} measured candidates is within the limits</source>
            <translation>{0} 个实测候选都不在限制之内</translation>
        </message>
        <message>
            <source>lowest latency of {0} within the limits: {1} ms</source>
            <translation>限制之内 {0} 个中延迟最低：{1} ms</translation>
        </message>
        <message>
            <source>smallest of {0} within the limits: {1} bytes packed</source>
            <translation>限制之内 {0} 个中最小：打包后 {1} 字节</translation>
        </message>
        <message>
            <source>least accuracy loss of {0} within the limits: {1} points</source>
            <translation>限制之内 {0} 个中准确率损失最少：{1} 个百分点</translation>
        </message>
        <message>
            <source>least loss of {0} of {1} within the limits: {2} points</source>
            <translation>在限制之内的 {1} 个里 {0} 损失最少：{2} 个百分点</translation>
        </message>
        <message>
            <source>fine-tuning</source>
            <translation>微调</translation>
        </message>
        <message>
            <source>distillation of a student</source>
            <translation>学生网络蒸馏</translation>
        </message>
        <message>
            <source>distillation on a coreset</source>
            <translation>核心集蒸馏</translation>
        </message>
        <message>
            <source>feature distillation</source>
            <translation>特征蒸馏</translation>
        </message>
        <message>
            <source>attention transfer</source>
            <translation>注意力迁移</translation>
        </message>
        <message>
            <source>sparsity training</source>
            <translation>稀疏训练</translation>
        </message>
        <message>
            <source>quantization-aware training</source>
            <translation>量化感知训练</translation>
        </message>
        <message>
            <source>codebooks</source>
            <translation>码本</translation>
        </message>
        <message>
            <source>device {0}</source>
            <translation>设备 {0}</translation>
        </message>
        <message>
            <source>devices {0}</source>
            <translation>设备 {0}</translation>
        </message>
        <message>
            <source>instructions {0}</source>
            <translation>指令集 {0}</translation>
        </message>
        <message>
            <source>clocks governor {0}, power mode {1}</source>
            <translation>时钟 调频策略 {0}，功耗模式 {1}</translation>
        </message>
        <message>
            <source>clocks governor unknown, power mode unknown</source>
            <translation>时钟 调频策略未知，功耗模式未知</translation>
        </message>
        <message>
            <source>clocks governor {0}, power mode unknown</source>
            <translation>时钟 调频策略 {0}，功耗模式未知</translation>
        </message>
        <message>
            <source>imported {0} of the readings, measured by others: @ and the signing key follow the name</source>
            <translation>导入的 {0} 条记录由他人测量：名称后跟 @ 和签名密钥</translation>
        </message>
        <message>
            <source>measured {0} reading, {1} UTC</source>
            <translation>已测 {0} 条记录，{1} UTC</translation>
        </message>
        <message>
            <source>measured {0} readings, {1} UTC</source>
            <translation>已测 {0} 条记录，{1} UTC</translation>
        </message>
        <message>
            <source>measured {0} readings, from {1} to {2} UTC</source>
            <translation>已测 {0} 条记录，{1} 至 {2} UTC</translation>
        </message>
        <message>
            <source>{0} bundles</source>
            <translation>{0} 个部署包</translation>
        </message>
        <message>
            <source>1 bundle</source>
            <translation>1 个部署包</translation>
        </message>
        <message>
            <source>{0} point</source>
            <translation>{0} 个百分点</translation>
        </message>
        <message>
            <source>{0} points</source>
            <translation>{0} 个百分点</translation>
        </message>
        <message>
            <source>loss of {0}</source>
            <translation>{0} 的损失</translation>
        </message>
        <message>
            <source>points of {0}</source>
            <translation>个百分点（{0}）</translation>
        </message>
        <message>
            <source>loss of {0} within {1} points</source>
            <translation>{0} 的损失不超过 {1} 个百分点</translation>
        </message>
        <message>
            <source>loss of {0} within {1} point</source>
            <translation>{0} 的损失不超过 {1} 个百分点</translation>
        </message>
        <message>
            <source>{0} (geometric mean of {1} boards)</source>
            <translation>{0}（{1} 块板卡的几何平均）</translation>
        </message>
        <message>
            <source>within the limits on each of {0} boards</source>
            <translation>在 {0} 块板卡上都满足限制</translation>
        </message>
        <message>
            <source>on {0}: {1}</source>
            <translation>在 {0} 上：{1}</translation>
        </message>
        <message>
            <source>the only one within the limits: {0} ms</source>
            <translation>唯一在限制之内的：{0} ms</translation>
        </message>
        <message>
            <source>the only one within the limits: {0} bytes packed</source>
            <translation>唯一在限制之内的：打包后 {0} 字节</translation>
        </message>
        <message>
            <source>the only one within the limits: {0} points</source>
            <translation>唯一在限制之内的：{0} 个百分点</translation>
        </message>
        <message>
            <source>as good as {0} in that, but is faster</source>
            <translation>与 {0} 相当，但更快</translation>
        </message>
        <message>
            <source>as good as {0} in that, but is smaller</source>
            <translation>在这方面与 {0} 相当，但更小</translation>
        </message>
        <message>
            <source>as good as {0} in that, but loses less accuracy</source>
            <translation>与 {0} 相当，但准确率损失更少</translation>
        </message>
        <message>
            <source>as good as {0} in that, but loses less of {1}</source>
            <translation>在这一点上与 {0} 一样好，但 {1} 损失更少</translation>
        </message>
        <message>
            <source>the same arithmetic with fewer operators</source>
            <translation>运算不变，算子更少</translation>
        </message>
        <message>
            <source>integers wherever the board is faster with them</source>
            <translation>设备用整数更快的地方才用整数</translation>
        </message>
        <message>
            <source>a quarter of the channels less, in floating point</source>
            <translation>减少四分之一通道，浮点运算</translation>
        </message>
        <message>
            <source>a quarter of the channels less, run by LiteRT</source>
            <translation>减少四分之一通道，由 LiteRT 运行</translation>
        </message>
        <message>
            <source>a quarter of the channels less, integers where faster</source>
            <translation>减少四分之一通道，更快处用整数</translation>
        </message>
        <message>
            <source>half the channels, in floating point</source>
            <translation>通道减半，浮点运算</translation>
        </message>
        <message>
            <source>half the channels, run by LiteRT instead of onnxruntime</source>
            <translation>通道减半，由 LiteRT 代替 onnxruntime 运行</translation>
        </message>
        <message>
            <source>half the channels, integers where faster</source>
            <translation>通道减半，更快处用整数</translation>
        </message>
        <message>
            <source>a quarter of the channels kept, integers where faster</source>
            <translation>保留四分之一通道，更快处用整数</translation>
        </message>
        <message>
            <source>a light network taught by the original, integers where faster</source>
            <translation>由原模型教出的轻量网络，更快处用整数</translation>
        </message>
        <message>
            <source>integers of one byte</source>
            <translation>单字节整数</translation>
        </message>
        <message>
            <source>half the weights zero, then integers</source>
            <translation>一半权重置零，再转为整数</translation>
        </message>
        <message>
            <source>half the weights zero, the others trained to four bits</source>
            <translation>一半权重置零，其余训练为四位</translation>
        </message>
        <message>
            <source>four of five weights zero, then integers</source>
            <translation>五分之四权重置零，再转为整数</translation>
        </message>
        <message>
            <source>a quarter of the channels less, then integers</source>
            <translation>减少四分之一通道，再转为整数</translation>
        </message>
        <message>
            <source>half the channels, then integers</source>
            <translation>通道减半，再转为整数</translation>
        </message>
        <message>
            <source>half the channels, many zeros, integers</source>
            <translation>通道减半，大量置零，整数</translation>
        </message>
        <message>
            <source>a quarter of the channels kept, then integers</source>
            <translation>保留四分之一通道，再转为整数</translation>
        </message>
        <message>
            <source>a light network taught by the original, then integers</source>
            <translation>由原模型教出的轻量网络，再转为整数</translation>
        </message>
        <message>
            <source>weights of two bytes</source>
            <translation>双字节权重</translation>
        </message>
        <message>
            <source>weights of one byte, arithmetic in floating point</source>
            <translation>单字节权重，浮点运算</translation>
        </message>
        <message>
            <source>integers with equalised ranges and corrected biases</source>
            <translation>整数，均衡范围并校正偏置</translation>
        </message>
        <message>
            <source>a quarter of the channels less, taught by the original</source>
            <translation>减少四分之一通道，由原模型蒸馏</translation>
        </message>
        <message>
            <source>point</source>
            <translation>百分点</translation>
        </message>
        <message>
            <source>groups</source>
            <translation>分组</translation>
        </message>
        <message>
            <source>tags</source>
            <translation>标签</translation>
        </message>
        <message>
            <source>address</source>
            <translation>地址</translation>
        </message>
        <message>
            <source>identity</source>
            <translation>密钥文件</translation>
        </message>
        <message>
            <source>python</source>
            <translation>python</translation>
        </message>
        <message>
            <source>bytes</source>
            <translation>字节</translation>
        </message>
        <message>
            <source>accuracy loss within {0} points</source>
            <translation>准确率损失不超过 {0} 个百分点</translation>
        </message>
        <message>
            <source>accuracy loss within {0} point</source>
            <translation>准确率损失不超过 {0} 个百分点</translation>
        </message>
        <message>
            <source>latency (upper end) within {0} ms</source>
            <translation>延迟（上界）不超过 {0} ms</translation>
        </message>
        <message>
            <source>packed size within {0} bytes</source>
            <translation>打包大小不超过 {0} 字节</translation>
        </message>
        <message>
            <source>energy within {0} mJ</source>
            <translation>能耗不超过 {0} mJ</translation>
        </message>
        <message>
            <source>memory within {0} MB</source>
            <translation>内存不超过 {0} MB</translation>
        </message>
        <message>
            <source>memory</source>
            <translation>内存</translation>
        </message>
        <message>
            <source>the run was asked to finish before its turn</source>
            <translation>轮到它之前已要求结束运行</translation>
        </message>
        <message>
            <source>no energy: {0}</source>
            <translation>没有能耗：{0}</translation>
        </message>
        <message>
            <source>energy rejected: {0}</source>
            <translation>能耗不可信：{0}</translation>
        </message>
        <message>
            <source>no undisturbed round of every model: {0}</source>
            <translation>没有一轮是所有模型都不受干扰的：{0}</translation>
        </message>
        <message>
            <source>failed: {0}, allowed: {1}; {2}: {3}</source>
            <translation>失败 {0}，允许 {1}；{2}：{3}</translation>
        </message>
        <message>
            <source>failed: {0}, allowed: {1}</source>
            <translation>失败 {0}，允许 {1}</translation>
        </message>
        <message>
            <source>the board's runtime gives other golden outputs: largest difference {0}, allowed {1}</source>
            <translation>板卡的运行时给出不同的黄金输出：最大差 {0}，允许 {1}</translation>
        </message>
        <message>
            <source>switched: {0} to release {1} ({2})</source>
            <translation>已切换：{0} 到版本 {1}（{2}）</translation>
        </message>
        <message>
            <source>switched on trial: {0} to release {1} ({2})</source>
            <translation>试运行切换：{0} 到版本 {1}（{2}）</translation>
        </message>
        <message>
            <source>committed ({0})</source>
            <translation>已提交（{0}）</translation>
        </message>
        <message>
            <source>went back ({0})</source>
            <translation>已退回（{0}）</translation>
        </message>
        <message>
            <source>went back ({0}): {1}</source>
            <translation>已退回（{0}）：{1}</translation>
        </message>
        <message>
            <source>{0} release {1}</source>
            <translation>{0} 版本 {1}</translation>
        </message>
        <message>
            <source>verified {0}</source>
            <translation>已验证 {0}</translation>
        </message>
        <message>
            <source>rejected {0}: {1}</source>
            <translation>已拒绝 {0}：{1}</translation>
        </message>
        <message>
            <source>runtime {0} installed, {1} wheels</source>
            <translation>已安装运行时 {0}，{1} 个 wheel</translation>
        </message>
        <message>
            <source>signing keys changed, {0} are trusted</source>
            <translation>签名密钥已更改，信任 {0} 个</translation>
        </message>
        <message>
            <source>measure: {0} models</source>
            <translation>测量：{0} 个模型</translation>
        </message>
        <message>
            <source>scenario: {0} models</source>
            <translation>场景：{0} 个模型</translation>
        </message>
        <message>
            <source>deploy failed: {0}</source>
            <translation>部署失败：{0}</translation>
        </message>
        <message>
            <source>step {0}: {1}</source>
            <translation>第 {0} 步：{1}</translation>
        </message>
        <message>
            <source>health: {0}</source>
            <translation>健康检查：{0}</translation>
        </message>
        <message>
            <source>{0} is not active</source>
            <translation>{0} 未运行</translation>
        </message>
        <message>
            <source>gate {0}: {1}</source>
            <translation>门限 {0}：{1}</translation>
        </message>
        <message>
            <source>predicted from {0} anchors on this board ({1}) and published {2} figures of {3} other boards</source>
            <translation>由此板卡上的 {0} 个已知值（{1}）和公开的 {2} 表中 {3} 块其他板卡的数字预测</translation>
        </message>
        <message>
            <source>predicted from {0} anchors on this board ({1}) and readings of {2} other boards</source>
            <translation>由此板卡上的 {0} 个已知值（{1}）和 {2} 块其他板卡的测量记录预测</translation>
        </message>
        <message>
            <source>the anchors ran with {0}, the table's models with {1}: no interval covers that</source>
            <translation>已知值用 {0} 运行，表中的模型用 {1} 运行：没有区间能涵盖这一差别</translation>
        </message>
        <message>
            <source>{0} rows of the micro-benchmark</source>
            <translation>微基准的 {0} 行</translation>
        </message>
        <message>
            <source>the processor's clock is held steady while something is measured</source>
            <translation>测量期间处理器的时钟保持稳定</translation>
        </message>
        <message>
            <source>power of a Raspberry Pi 5, throttling and under-voltage of every Raspberry Pi</source>
            <translation>Raspberry Pi 5 的功耗，以及各种 Raspberry Pi 的降频和欠压</translation>
        </message>
        <message>
            <source>energy of an x86 processor</source>
            <translation>x86 处理器的能耗</translation>
        </message>
        <message>
            <source>how busy a Jetson's GPU is</source>
            <translation>Jetson 的 GPU 有多忙</translation>
        </message>
        <message>
            <source>system: {0} -&gt; {1}</source>
            <translation>系统：{0} → {1}</translation>
        </message>
        <message>
            <source>kernel: {0} -&gt; {1}</source>
            <translation>内核：{0} → {1}</translation>
        </message>
        <message>
            <source>power mode: {0} -&gt; {1}</source>
            <translation>功耗模式：{0} → {1}</translation>
        </message>
        <message>
            <source>governor: {0} -&gt; {1}</source>
            <translation>调速器：{0} → {1}</translation>
        </message>
        <message>
            <source>the network does not run with fewer of its channels: {0}</source>
            <translation>减少其通道后网络无法运行：{0}</translation>
        </message>
        <message>
            <source>the dependency graph does not reach it</source>
            <translation>依赖图未涉及它</translation>
        </message>
        <message>
            <source>its channels are in blocks and leave only one of each</source>
            <translation>它的通道成块排列，每块只能留下一个</translation>
        </message>
        <message>
            <source>its width is the model's output</source>
            <translation>它的宽度就是模型的输出</translation>
        </message>
        <message>
            <source>{0} has no kernel with static ranges, so it runs in float; dynamic-quantization runs LSTM on int8 kernels</source>
            <translation>{0} 没有静态范围的内核，因此以浮点运行；dynamic-quantization 可用 int8 内核运行 LSTM</translation>
        </message>
        <message>
            <source>zeros make the packed file smaller; dense kernels do not run faster with them</source>
            <translation>零值使打包文件更小；稠密内核不会因此更快</translation>
        </message>
        <message>
            <source>it runs in float and its weights are stored as int8</source>
            <translation>它以浮点运行，权重以 int8 存储</translation>
        </message>
        <message>
            <source>float is fastest and stays</source>
            <translation>浮点最快，予以保留</translation>
        </message>
        <message>
            <source>{0} is kept</source>
            <translation>保留 {0}</translation>
        </message>
        <message>
            <source>{0} weight tensors stored with {1} bits, {2} of them rounded adaptively; they run as float, so nothing gets faster</source>
            <translation>{0} 个权重张量以 {1} 位存储，其中 {2} 个自适应舍入；以浮点运行，因此不会更快</translation>
        </message>
        <message>
            <source>int8 blocks need onnxruntime 1.22 or newer on the board</source>
            <translation>int8 分块需要板卡上有 onnxruntime 1.22 或更新版本</translation>
        </message>
        <message>
            <source>{0} bits on average</source>
            <translation>平均 {0} 位</translation>
        </message>
        <message>
            <source>{0} weights left, but none that are multiplied for each sample</source>
            <translation>移除了 {0} 个权重，但都不是每个样本要相乘的</translation>
        </message>
        <message>
            <source>speed: {0} fewer MACs, but {1}</source>
            <translation>速度：乘加减少 {0}，但{1}</translation>
        </message>
        <message>
            <source>packed size</source>
            <translation>打包大小</translation>
        </message>
        <message>
            <source>the run was not finished</source>
            <translation>运行未完成</translation>
        </message>
        <message>
            <source>the sensor fell silent</source>
            <translation>传感器不再有读数</translation>
        </message>
        <message>
            <source>fewer than three samples</source>
            <translation>样本不足三个</translation>
        </message>
        <message>
            <source>its reading is stale ({0})</source>
            <translation>它的测量记录已过时（{0}）</translation>
        </message>
        <message>
            <source>{0} {1}: {2} points lost, {3} {4}, cost {5}</source>
            <translation>{0} {1}：损失 {2} 个百分点，{3} {4}，代价 {5}</translation>
        </message>
        <message>
            <source>{0} {1}: {2} points lost, {3} {4}, cost {5} (chosen)</source>
            <translation>{0} {1}：损失 {2} 个百分点，{3} {4}，代价 {5}（选中）</translation>
        </message>
        <message>
            <source>weights between the first and the last layer were trained to {0} bits, stored as int8</source>
            <translation>首层与末层之间的权重训练为 {0} 位，以 int8 存储</translation>
        </message>
        <message>
            <source>no space left on the disk: {0}</source>
            <translation>磁盘空间不足：{0}</translation>
        </message>
        <message>
            <source>no space left for this user (quota): {0}</source>
            <translation>该用户的磁盘配额已用完：{0}</translation>
        </message>
        <message>
            <source>the disk cannot be written to, it is read-only: {0}</source>
            <translation>磁盘为只读，无法写入：{0}</translation>
        </message>
        <message>
            <source>no permission: {0}</source>
            <translation>没有权限：{0}</translation>
        </message>
        <message>
            <source>this name is too long for the disk: {0}</source>
            <translation>文件名过长：{0}</translation>
        </message>
        <message>
            <source>too many files are open: {0}</source>
            <translation>打开的文件过多：{0}</translation>
        </message>
        <message>
            <source>the disk reports errors: {0}</source>
            <translation>磁盘报告读写错误：{0}</translation>
        </message>
        <message>
            <source>activations called as functions stay: {0}</source>
            <translation>以函数形式调用的激活保持不变：{0}</translation>
        </message>
        <message>
            <source>no activation of that kind was found</source>
            <translation>没有找到这种激活</translation>
        </message>
        <message>
            <source>no activation of that kind was found; the network has {0}</source>
            <translation>没有找到这种激活；网络中有 {0}</translation>
        </message>
        <message>
            <source>{0} activations replaced</source>
            <translation>替换了 {0} 个激活</translation>
        </message>
        <message>
            <source>the whole model is one attention layer</source>
            <translation>整个模型就是一个注意力层</translation>
        </message>
        <message>
            <source>it adds keys of its own (bias_k, add_zero_attn)</source>
            <translation>它会自行添加键（bias_k、add_zero_attn）</translation>
        </message>
        <message>
            <source>labelled training data</source>
            <translation>带标签的训练数据</translation>
        </message>
        <message>
            <source>training data</source>
            <translation>训练数据</translation>
        </message>
        <message>
            <source>data to calibrate with</source>
            <translation>校准数据</translation>
        </message>
        <message>
            <source>labelled training data for its gradients</source>
            <translation>计算梯度用的带标签训练数据</translation>
        </message>
        <message>
            <source>the trained weights</source>
            <translation>训练好的权重</translation>
        </message>
        <message>
            <source>the zeros placed on purpose</source>
            <translation>有意放置的零</translation>
        </message>
        <message>
            <source>the regular pattern of zeros</source>
            <translation>规则的零的模式</translation>
        </message>
        <message>
            <source>the structure</source>
            <translation>结构</translation>
        </message>
        <message>
            <source>the integer weights</source>
            <translation>整数权重</translation>
        </message>
        <message>
            <source>the possibility to train</source>
            <translation>可训练性</translation>
        </message>
        <message>
            <source>the kind of file</source>
            <translation>文件的种类</translation>
        </message>
        <message>
            <source>leave one of the two steps out</source>
            <translation>请去掉两步中的一步</translation>
        </message>
        <message>
            <source>use this order: {0}</source>
            <translation>请用这个顺序：{0}</translation>
        </message>
        <message>
            <source>{0} builds another network, in which nothing is left of {1}</source>
            <translation>{0} 会另建一个网络，其中不留下 {1} 的任何结果</translation>
        </message>
        <message>
            <source>{0} changes nothing after {1} with the same knobs</source>
            <translation>{0} 在 {1} 之后用相同的设置不会再改变什么</translation>
        </message>
        <message>
            <source>do those steps after it, or leave them out</source>
            <translation>请在它之后做这些步骤，或去掉它们</translation>
        </message>
        <message>
            <source>leave it out</source>
            <translation>请去掉它</translation>
        </message>
        <message>
            <source>{0} is set to let a device decide, and no device is given</source>
            <translation>{0} 设为由设备决定，但没有给出设备</translation>
        </message>
        <message>
            <source>{0} needs {1}, and no data is given</source>
            <translation>{0} 需要{1}，但没有给出数据</translation>
        </message>
        <message>
            <source>give --target; without it nothing is timed</source>
            <translation>请给出 --target；没有它就不计时</translation>
        </message>
        <message>
            <source>give --data, or leave the step out</source>
            <translation>请给出 --data，或去掉这一步</translation>
        </message>
        <message>
            <source>{0} destroys what {1} made: {2}</source>
            <translation>{0} 会破坏 {1} 的成果：{2}</translation>
        </message>
        <message>
            <source>{0} changes the graph, but {1} ended it in its own kind of file</source>
            <translation>{0} 会改动计算图，但{1}已把它写成自己的文件格式</translation>
        </message>
        <message>
            <source>{0} needs a model that can be trained, but {1} ended that</source>
            <translation>{0} 需要可训练的模型，但 {1} 之后不能再训练</translation>
        </message>
        <message>
            <source>{0} works on float weights, but {1} made them integers</source>
            <translation>{0} 处理浮点权重，但 {1} 已把它们变成整数</translation>
        </message>
        <message>
            <source>{0} quantizes what {1} quantized already</source>
            <translation>{0} 要量化 {1} 已经量化的内容</translation>
        </message>
        <message>
            <source>a layer would lose all its channels</source>
            <translation>有一层会失去全部通道</translation>
        </message>
        <message>
            <source>the width of attention heads; they leave whole, by head-pruning</source>
            <translation>注意力头的宽度；它们由 head-pruning 整个移除</translation>
        </message>
        <message>
            <source>excluded by the recipe</source>
            <translation>被配方排除</translation>
        </message>
        <message>
            <source>the dependencies of this network cannot be followed: {0}</source>
            <translation>无法跟踪这个网络的依赖关系：{0}</translation>
        </message>
        <message>
            <source>cross-validation makes {0} folds of the training data, which has {1} samples</source>
            <translation>交叉验证要把训练数据分成 {0} 折，而训练数据只有 {1} 个样本</translation>
        </message>
        <message>
            <source>give --data with a training part, or fewer folds</source>
            <translation>请给出含训练部分的 --data，或减少折数</translation>
        </message>
        <message>
            <source>{0} = {1} on all training data</source>
            <translation>{0} = {1}，用全部训练数据</translation>
        </message>
        <message>
            <source>{0} {1} = {2}: {3} {4} % (standard error {5}, {6} folds){7} (chosen)</source>
            <translation>{0} {1} = {2}：{3} {4} %（标准误 {5}，{6} 折）{7}（选中）</translation>
        </message>
        <message>
            <source>{0} {1} = {2}: {3} {4} % (standard error {5}, {6} folds){7}</source>
            <translation>{0} {1} = {2}：{3} {4} %（标准误 {5}，{6} 折）{7}</translation>
        </message>
        <message>
            <source>{0} = {1}, fold {2} of {3}</source>
            <translation>{0} = {1}，第 {2} 折，共 {3} 折</translation>
        </message>
        <message>
            <source>{0}: others has {1}</source>
            <translation>{0}：others 中有 {1}</translation>
        </message>
        <message>
            <source>write name=value</source>
            <translation>请写成 name=value</translation>
        </message>
        <message>
            <source>{0} cannot choose its own knobs</source>
            <translation>{0} 不能选择自己的设置</translation>
        </message>
        <message>
            <source>name another technique</source>
            <translation>请换一个技术</translation>
        </message>
        <message>
            <source>{0}: values is empty</source>
            <translation>{0}：values 为空</translation>
        </message>
        <message>
            <source>give two values or more: values: [0.5, 0.7]</source>
            <translation>请给出两个或更多的值：values: [0.5, 0.7]</translation>
        </message>
        <message>
            <source>its channels are laid out in a way that cannot be followed</source>
            <translation>它的通道排布方式无法跟踪</translation>
        </message>
        <message>
            <source>its channels cannot be ranked</source>
            <translation>它的通道无法排序</translation>
        </message>
        <message>
            <source>its channels are the model's output</source>
            <translation>它的通道就是模型的输出</translation>
        </message>
        <message>
            <source>the outputs change their shape to {0}</source>
            <translation>输出的形状变为 {0}</translation>
        </message>
        <message>
            <source>its channels are shuffled among those of other layers</source>
            <translation>其通道与其他层的通道交错混排</translation>
        </message>
        <message>
            <source>features of {0} training samples</source>
            <translation>{0} 个训练样本的特征</translation>
        </message>
        <message>
            <source>a coreset is chosen from training data</source>
            <translation>核心集从训练数据中选出</translation>
        </message>
        <message>
            <source>give --data with a training part</source>
            <translation>请给出含训练部分的 --data</translation>
        </message>
        <message>
            <source>coreset ({0}): {1} of {2} training samples</source>
            <translation>核心集（{0}）：{2} 个训练样本中的 {1} 个</translation>
        </message>
        <message>
            <source>a pair of layers gives {0} and {1}</source>
            <translation>一对层给出 {0} 和 {1}</translation>
        </message>
        <message>
            <source>name pairs of layers at the same resolution</source>
            <translation>请指定分辨率相同的成对层</translation>
        </message>
        <message>
            <source>student and teacher have no layers of one name whose outputs could be matched</source>
            <translation>学生与教师没有可以对应输出的同名层</translation>
        </message>
        <message>
            <source>name them: layers: ['student layer=teacher layer']</source>
            <translation>请写明：layers: ['student layer=teacher layer']</translation>
        </message>
        <message>
            <source>the {0} has no layer '{1}'</source>
            <translation>{0} 没有名为“{1}”的层</translation>
        </message>
        <message>
            <source>name pairs as 'student=teacher'</source>
            <translation>请把成对的层写成 'student=teacher'</translation>
        </message>
        <message>
            <source>the outputs of {0} and {1} have {2} and {3} axes</source>
            <translation>{0} 和 {1} 的输出分别有 {2} 和 {3} 个轴</translation>
        </message>
        <message>
            <source>name pairs of layers of one kind</source>
            <translation>请指定同一种类的成对层</translation>
        </message>
        <message>
            <source>the smallest student ({0}) has {1}</source>
            <translation>最小的学生（{0}）有 {1}</translation>
        </message>
        <message>
            <source>raise {0}, or choose another network</source>
            <translation>调高 {0}，或选择另一种网络</translation>
        </message>
        <message>
            <source>the model has no layer that tells how many words there are</source>
            <translation>模型中没有能说明词表大小的层</translation>
        </message>
        <message>
            <source>use network: copy, or network: factory with a network of yours</source>
            <translation>请用 network: copy，或 network: factory 并给出自己的网络</translation>
        </message>
        <message>
            <source>no light network ({0}) reads {1} input(s) of shape {2} ({3}) and gives outputs of shape {4}</source>
            <translation>没有轻量网络（{0}）能读取形状为 {2}（{3}）的 {1} 个输入并给出形状为 {4} 的输出</translation>
        </message>
        <message>
            <source>the student has {0}</source>
            <translation>学生有 {0}</translation>
        </message>
        <message>
            <source>raise the limit, or give a smaller network</source>
            <translation>请放宽限制，或给出更小的网络</translation>
        </message>
        <message>
            <source>{0} multiply-accumulates, more than {1}</source>
            <translation>{0} 次乘加，超过 {1}</translation>
        </message>
        <message>
            <source>{0} parameters, more than max_parameters = {1}</source>
            <translation>{0} 个参数，超过 max_parameters = {1}</translation>
        </message>
        <message>
            <source>the student gives outputs of shape {0}, the original {1}</source>
            <translation>学生的输出形状为 {0}，原模型为 {1}</translation>
        </message>
        <message>
            <source>give a network with the outputs of the original</source>
            <translation>请给出输出与原模型相同的网络</translation>
        </message>
        <message>
            <source>the student cannot compute the model's inputs: {0}</source>
            <translation>学生不能计算模型的输入：{0}</translation>
        </message>
        <message>
            <source>give a network with the inputs of the original</source>
            <translation>请给出输入与原模型相同的网络</translation>
        </message>
        <message>
            <source>{0} returned {1}, not a torch module</source>
            <translation>{0} 返回了 {1}，不是 torch 模块</translation>
        </message>
        <message>
            <source>return a torch.nn.Module</source>
            <translation>请返回 torch.nn.Module</translation>
        </message>
        <message>
            <source>student: network=factory needs a factory</source>
            <translation>student：network=factory 需要 factory</translation>
        </message>
        <message>
            <source>write factory: package.module:function</source>
            <translation>请写 factory: package.module:function</translation>
        </message>
        <message>
            <source>the multiply-accumulates of this network cannot be counted</source>
            <translation>无法统计这个网络的乘加次数</translation>
        </message>
        <message>
            <source>set max_parameters instead of share and max_macs</source>
            <translation>请设置 max_parameters，而不是 share 和 max_macs</translation>
        </message>
        <message>
            <source>student ({0}): {1} parameters instead of {2}</source>
            <translation>学生（{0}）：{1} 个参数，原为 {2} 个</translation>
        </message>
        <message>
            <source>{0} returned {1} instead of the changed model</source>
            <translation>{0} 返回了 {1}，而不是修改后的模型</translation>
        </message>
        <message>
            <source>let it end with: return replace(state, module=..., onnx=None), or the other way round</source>
            <translation>请让它以 return replace(state, module=..., onnx=None) 结束，或反过来</translation>
        </message>
        <message>
            <source>{0} ended the program (exit code {1})</source>
            <translation>{0} 结束了程序（退出码 {1}）</translation>
        </message>
        <message>
            <source>leave the step out, or remove sys.exit() from it</source>
            <translation>去掉此步骤，或删除其中的 sys.exit()</translation>
        </message>
        <message>
            <source>{0} of {1} nodes removed</source>
            <translation>图中 {1} 个节点移除了 {0} 个</translation>
        </message>
        <message>
            <source>the layer that mixes its heads was not found</source>
            <translation>没有找到混合各头的层</translation>
        </message>
        <message>
            <source>its heads have no axis of their own</source>
            <translation>它的各头没有自己的轴</translation>
        </message>
        <message>
            <source>its queries, keys and values do not come from linear layers alone</source>
            <translation>它的查询、键和值不只来自线性层</translation>
        </message>
        <message>
            <source>with fewer heads it does not compute what it computes with these heads silenced</source>
            <translation>减少头之后的计算与把这些头静音后的不同</translation>
        </message>
        <message>
            <source>the network does not run with fewer heads</source>
            <translation>减少头之后网络不能运行</translation>
        </message>
        <message>
            <source>its queries, keys and values are not of one width</source>
            <translation>它的查询、键和值宽度不一</translation>
        </message>
        <message>
            <source>its {0} heads cannot be told apart in the layer that mixes them</source>
            <translation>在混合各头的层中无法区分它的 {0} 个头</translation>
        </message>
        <message>
            <source>{0}: exclude={1} fits no layer of this model</source>
            <translation>{0}：exclude={1} 与此模型的任何层都不符</translation>
        </message>
        <message>
            <source>layers are: {0}</source>
            <translation>层有：{0}</translation>
        </message>
        <message>
            <source>the training data has no labels it can learn from: none, or boxes or sequences</source>
            <translation>训练数据没有可供学习的标签：没有标签，或者是框或序列</translation>
        </message>
        <message>
            <source>give labelled data, or distil with alpha: 1, which learns from the original's answers alone</source>
            <translation>请提供带标签的数据，或用 alpha: 1 蒸馏（只学习原模型的输出）</translation>
        </message>
        <message>
            <source>the data has label {0}, the model has {1} classes</source>
            <translation>数据中有标签 {0}，模型有 {1} 个类别</translation>
        </message>
        <message>
            <source>give the data set this model was trained for</source>
            <translation>请给出训练此模型所用的数据集</translation>
        </message>
        <message>
            <source>training with labels needs one score per class, the model gives outputs of shape {0}</source>
            <translation>带标签训练要求每个类别一个得分，而模型的输出形状为 {0}</translation>
        </message>
        <message>
            <source>train it with a teacher alone (soft-label-distillation with alpha: 1), or without training (epochs: 0); where the labels are numbers, give --task regression</source>
            <translation>请只用教师训练（soft-label-distillation，alpha: 1），或不训练（epochs: 0）；若标签是数值，请给出 --task regression</translation>
        </message>
        <message>
            <source>the data has labels of shape {0}, the model gives {1}</source>
            <translation>数据的标签形状为 {0}，模型给出 {1}</translation>
        </message>
        <message>
            <source>the model gives one number, which has no distribution to soften</source>
            <translation>模型只给出一个数值，没有可软化的分布</translation>
        </message>
        <message>
            <source>use loss: mse, or give data whose task is regression</source>
            <translation>请使用 loss: mse，或给出任务为回归的数据</translation>
        </message>
        <message>
            <source>the model gives outputs of shape {0}, its teacher {1}</source>
            <translation>模型的输出形状为 {0}，教师为 {1}</translation>
        </message>
        <message>
            <source>distil from the model this one was made from</source>
            <translation>请从这个模型的原模型蒸馏</translation>
        </message>
        <message>
            <source>{0}: outputs are compared by their squared error, as those of {1} are no classes</source>
            <translation>{0}：按平方误差比较输出，因为 {1} 的输出不是类别</translation>
        </message>
        <message>
            <source>{0} takes the class the teacher chooses, and a model for {1} has no classes</source>
            <translation>{0} 采用教师选择的类别，而用于 {1} 的模型没有类别</translation>
        </message>
        <message>
            <source>use soft-label-distillation, which compares the outputs themselves</source>
            <translation>请使用 soft-label-distillation，它直接比较输出</translation>
        </message>
        <message>
            <source>{0}: learns from the original's answers alone (alpha 1), as {1} has no labels it can use</source>
            <translation>{0}：只学习原模型的输出（alpha 1），因为 {1} 没有它能用的标签</translation>
        </message>
        <message>
            <source>it does not run on the data</source>
            <translation>它没有在这些数据上运行</translation>
        </message>
        <message>
            <source>no linear layer and no plain convolution</source>
            <translation>不是线性层，也不是普通卷积</translation>
        </message>
        <message>
            <source>it does not read the model's input</source>
            <translation>它不读取模型的输入</translation>
        </message>
        <message>
            <source>a recurrent layer: its matrices are read by one kernel</source>
            <translation>循环层：其矩阵由一个内核读取</translation>
        </message>
        <message>
            <source>the factors have {0} weights, not fewer than its {1}</source>
            <translation>分解后有 {0} 个权重，不少于原来的 {1} 个</translation>
        </message>
        <message>
            <source>the layer that holds it reads its weight directly</source>
            <translation>包含它的层直接读取其权重</translation>
        </message>
        <message>
            <source>the layer is the whole model; give a module that holds it</source>
            <translation>该层就是整个模型；请提供一个包含它的模块</translation>
        </message>
        <message>
            <source>its weight is shared with another layer</source>
            <translation>它的权重与另一层共用</translation>
        </message>
        <message>
            <source>{0} of {1} layers became factors</source>
            <translation>{1} 层中有 {0} 层被分解</translation>
        </message>
        <message>
            <source>no linear layer and no plain 1x1 convolution</source>
            <translation>不是线性层，也不是普通的 1x1 卷积</translation>
        </message>
        <message>
            <source>its padding repeats the image ({0})</source>
            <translation>它的填充会重复图像（{0}）</translation>
        </message>
        <message>
            <source>no plain two-dimensional convolution with a kernel larger than 1x1</source>
            <translation>不是卷积核大于 1x1 的普通二维卷积</translation>
        </message>
        <message>
            <source>{0} needs labels, and the data has none</source>
            <translation>{0} 需要标签，而数据没有标签</translation>
        </message>
        <message>
            <source>give labelled data</source>
            <translation>请给出带标签的数据</translation>
        </message>
        <message>
            <source>{0} looks at data, and none is given</source>
            <translation>{0} 要看数据，但没有给出数据</translation>
        </message>
        <message>
            <source>give --data</source>
            <translation>请给出 --data</translation>
        </message>
        <message>
            <source>there is no preset '{0}'</source>
            <translation>没有预设“{0}”</translation>
        </message>
        <message>
            <source>use one of: {0}</source>
            <translation>请使用其中之一：{0}</translation>
        </message>
        <message>
            <source>the multiple of round_to = {0} nearest to its share is its width</source>
            <translation>最接近其份额的 round_to = {0} 的倍数就是它的宽度</translation>
        </message>
        <message>
            <source>its channels are more important than others, or not more than round_to = {0}</source>
            <translation>它的通道比其他的更重要，或不多于 round_to = {0}</translation>
        </message>
        <message>
            <source>{0} of {1} channels removed</source>
            <translation>{1} 个通道中移除了 {0} 个</translation>
        </message>
        <message>
            <source>none of its units is zero in {0} of all cases</source>
            <translation>它没有任何单元在 {0} 的情况下为零</translation>
        </message>
        <message>
            <source>no attention layer was found: a module with a count of heads and linear layers of its own</source>
            <translation>没有找到注意力层：即带头数和自有线性层的模块</translation>
        </message>
        <message>
            <source>its heads are more important than others, or too few to lose one</source>
            <translation>它的头比其他的更重要，或已少到不能再减</translation>
        </message>
        <message>
            <source>{0} of {1} attention heads removed</source>
            <translation>{1} 个注意力头中移除了 {0} 个</translation>
        </message>
        <message>
            <source>more missed than the blocks that left</source>
            <translation>遗漏的比离开的块还多</translation>
        </message>
        <message>
            <source>no block has an input and output of one shape</source>
            <translation>没有输入与输出形状相同的块</translation>
        </message>
        <message>
            <source>no block removed</source>
            <translation>没有移除任何块</translation>
        </message>
        <message>
            <source>excluded, too few weights, or not float32</source>
            <translation>已排除、权重太少，或不是 float32</translation>
        </message>
        <message>
            <source>share of zeros by what each layer costs on calibration data: {0}</source>
            <translation>按各层在校准数据上的代价确定零的比例：{0}</translation>
        </message>
        <message>
            <source>manual-pruning: connections={0} cannot be read or is outside {1}</source>
            <translation>manual-pruning：connections={0} 无法读取或超出 {1}</translation>
        </message>
        <message>
            <source>write 'layer: out,in; out,in'</source>
            <translation>请写成 'layer: out,in; out,in'</translation>
        </message>
        <message>
            <source>manual-pruning: connections names '{0}', which has no weights</source>
            <translation>manual-pruning：connections 指定的“{0}”没有权重</translation>
        </message>
        <message>
            <source>flyweight inspect MODEL lists the layers</source>
            <translation>flyweight inspect MODEL 可列出各层</translation>
        </message>
        <message>
            <source>manual-pruning: {0} names '{1}', which is not there</source>
            <translation>manual-pruning：{0} 指定的“{1}”不存在</translation>
        </message>
        <message>
            <source>manual-pruning: {0}={1} cannot be read</source>
            <translation>manual-pruning：无法读取 {0}={1}</translation>
        </message>
        <message>
            <source>write 'layer: 0, 3, 8-15'</source>
            <translation>请写成 'layer: 0, 3, 8-15'</translation>
        </message>
        <message>
            <source>{0} has channels 0 to {1}, not {2}</source>
            <translation>{0} 的通道为 0 到 {1}，没有 {2}</translation>
        </message>
        <message>
            <source>its input and output are not one tensor of the same shape</source>
            <translation>它的输入与输出不是同一形状的单个张量</translation>
        </message>
        <message>
            <source>its {0} inputs do not divide by {1}</source>
            <translation>它的 {0} 个输入不能被 {1} 整除</translation>
        </message>
        <message>
            <source>n-m-sparsity: n={0} is not below m={1}</source>
            <translation>n-m-sparsity：n={0} 不小于 m={1}</translation>
        </message>
        <message>
            <source>use n: 2 and m: 4</source>
            <translation>请用 n: 2 和 m: 4</translation>
        </message>
        <message>
            <source>it projects its states (proj_size)</source>
            <translation>它对状态做投影（proj_size）</translation>
        </message>
        <message>
            <source>the whole model is one recurrent layer, whose units are its output</source>
            <translation>整个模型就是一个循环层，其单元就是输出</translation>
        </message>
        <message>
            <source>there is no recurrent layer</source>
            <translation>没有循环层</translation>
        </message>
        <message>
            <source>a single cell that the network's own code steps through</source>
            <translation>网络自己的代码逐步调用的单个单元</translation>
        </message>
        <message>
            <source>{0} of {1} hidden units removed</source>
            <translation>{1} 个隐藏单元中移除了 {0} 个</translation>
        </message>
        <message>
            <source>accuracy needs labels, and the data has none</source>
            <translation>准确率需要标签，而数据没有标签</translation>
        </message>
        <message>
            <source>rounding=adaptive and scale &gt; 0 exclude each other</source>
            <translation>rounding=adaptive 与 scale &gt; 0 不能同时使用</translation>
        </message>
        <message>
            <source>leave scale at 0</source>
            <translation>请让 scale 保持为 0</translation>
        </message>
        <message>
            <source>{0} weight tensors stored with {1} bits{2}; they run as float, so nothing gets faster</source>
            <translation>{0} 个权重张量以 {1} 位存储{2}；以浮点运行，因此不会更快</translation>
        </message>
        <message>
            <source>no kind of int8 can be made of this graph</source>
            <translation>这个图不能做成任何一种 int8</translation>
        </message>
        <message>
            <source>leave nodes in float: exclude: [NAME]</source>
            <translation>请让节点保持浮点：exclude: [名称]</translation>
        </message>
        <message>
            <source>bias_correction: of {0} other samples {1} were further off with it, {2} less, so the biases stay as they were</source>
            <translation>bias_correction：另外 {0} 个样本中有 {1} 个因此偏差更大、{2} 个更小，所以偏置保持不变</translation>
        </message>
        <message>
            <source>the biases of {0} layers take back the mean error of rounding</source>
            <translation>{0} 层的偏置补回了舍入的平均误差</translation>
        </message>
        <message>
            <source>the graph cannot be quantized: {0}</source>
            <translation>这个图无法量化：{0}</translation>
        </message>
        <message>
            <source>exclude the node named there: exclude: [NAME]</source>
            <translation>请排除其中提到的节点：exclude: [NAME]</translation>
        </message>
        <message>
            <source>{0} has no samples</source>
            <translation>{0} 没有样本</translation>
        </message>
        <message>
            <source>give a data set that is not empty</source>
            <translation>请给出不为空的数据集</translation>
        </message>
        <message>
            <source>static quantization needs calibration samples</source>
            <translation>静态量化需要校准样本</translation>
        </message>
        <message>
            <source>give data: --data DATA</source>
            <translation>请给出数据：--data DATA</translation>
        </message>
        <message>
            <source>{0} weight tensors hold at most {1} values; they run as float, so nothing gets faster</source>
            <translation>{0} 个权重张量最多有 {1} 种值；以浮点运行，因此不会更快</translation>
        </message>
        <message>
            <source>activations are uint8, not int8: with int8 the runtime would run {0} layers in float on x86</source>
            <translation>激活用 uint8 而不是 int8：用 int8 时运行时在 x86 上会以浮点运行 {0} 层</translation>
        </message>
        <message>
            <source>both of its inputs are computed</source>
            <translation>它的两个输入都是算出来的</translation>
        </message>
        <message>
            <source>its weights are the left operand, for which there is no kernel</source>
            <translation>其权重是左操作数，没有对应的内核</translation>
        </message>
        <message>
            <source>the quantizer left it alone</source>
            <translation>量化器没有处理它</translation>
        </message>
        <message>
            <source>its weights are a Constant node, which the quantizer leaves alone</source>
            <translation>它的权重是 Constant 节点，量化器不处理</translation>
        </message>
        <message>
            <source>it lies in a branch of {0}, which the quantizer does not enter</source>
            <translation>它在 {0} 的分支中，量化器不进入其中</translation>
        </message>
        <message>
            <source>nothing was quantized: the graph has no MatMul, Gemm, LSTM or embedding with stored weights</source>
            <translation>没有量化任何内容：图中没有带存储权重的 MatMul、Gemm、LSTM 或嵌入</translation>
        </message>
        <message>
            <source>{0} LSTM layers run on onnxruntime's int8 kernel</source>
            <translation>{0} 个 LSTM 层由 onnxruntime 的 int8 内核运行</translation>
        </message>
        <message>
            <source>{0}; it stays float</source>
            <translation>{0}；保持浮点</translation>
        </message>
        <message>
            <source>the recipe leaves {0} float</source>
            <translation>配方让 {0} 保持浮点</translation>
        </message>
        <message>
            <source>an embedding that the recipe leaves float</source>
            <translation>配方保留为浮点的嵌入</translation>
        </message>
        <message>
            <source>convolutions run slower with dynamic int8</source>
            <translation>卷积用动态 int8 会更慢</translation>
        </message>
        <message>
            <source>{0} weights lie outside their format and were clipped; lower fraction_bits</source>
            <translation>{0} 个权重超出格式范围，已被截断；请减小 fraction_bits</translation>
        </message>
        <message>
            <source>1 weight lies outside its format and was clipped; lower fraction_bits</source>
            <translation>1 个权重超出格式范围，已被截断；请减小 fraction_bits</translation>
        </message>
        <message>
            <source>float16 arithmetic: faster where the device has it (Arm with fphp/asimdhp, GPUs); elsewhere it is converted</source>
            <translation>float16 运算：设备支持时更快（带 fphp/asimdhp 的 Arm、GPU）；其他地方会转换</translation>
        </message>
        <message>
            <source>{0} weights run as float32: the file is smaller, not faster</source>
            <translation>{0} 个权重以 float32 运行：文件变小，但不更快</translation>
        </message>
        <message>
            <source>has weights beyond {0}, the largest float16; bfloat16 holds them</source>
            <translation>有权重超过 float16 的最大值 {0}；bfloat16 可以容纳</translation>
        </message>
        <message>
            <source>no runtime on boards computes in bfloat16 on the CPU</source>
            <translation>板卡上的运行时都不能在 CPU 上以 bfloat16 计算</translation>
        </message>
        <message>
            <source>use: storage, or float16</source>
            <translation>请用 use: storage，或 float16</translation>
        </message>
        <message>
            <source>first or last layer, stays float</source>
            <translation>首层或末层，保持浮点</translation>
        </message>
        <message>
            <source>{0} stays float</source>
            <translation>{0} 保持浮点</translation>
        </message>
        <message>
            <source>{0} layers hold {1} weights in {2} bit; they run as float, so nothing gets faster</source>
            <translation>{0} 层以 {2} 位保存 {1} 权重；以浮点运行，因此不会更快</translation>
        </message>
        <message>
            <source>bits per layer, {0} on average: {1}</source>
            <translation>逐层位宽，平均 {0}：{1}</translation>
        </message>
        <message>
            <source>{0} layers at {1} widths</source>
            <translation>{0} 层，{1} 种位宽</translation>
        </message>
        <message>
            <source>the budget of {0} is not reached: it would cost more than {1} points</source>
            <translation>达不到预算 {0}：那会损失超过 {1} 个百分点</translation>
        </message>
        <message>
            <source>on the calibration data this costs {0} points; the limit is {1}</source>
            <translation>在校准数据上损失 {0} 个百分点；限制是 {1}</translation>
        </message>
        <message>
            <source>{0}: {1} measured on the target</source>
            <translation>{0}：在目标上实测了 {1}</translation>
        </message>
        <message>
            <source>{0} points are lost, {1} are allowed: which of {2} layers?</source>
            <translation>损失 {0} 个百分点，允许 {1}：{2} 层中是哪些造成的？</translation>
        </message>
        <message>
            <source>its weights are computed, or belong to another layer, too</source>
            <translation>它的权重是计算得来的，或同时属于另一层</translation>
        </message>
        <message>
            <source>the integer kernel for LSTM wants the time before the batch (layout 0)</source>
            <translation>LSTM 的整数内核要求时间维在批维之前（layout 0）</translation>
        </message>
        <message>
            <source>onnxruntime has no integer kernel for {0}</source>
            <translation>onnxruntime 没有 {0} 的整数内核</translation>
        </message>
        <message>
            <source>weights have 8 bits: this processor sums int8 products in 16 bits, but hardly any sum overflowed</source>
            <translation>权重为 8 位：此处理器以 16 位累加 int8 乘积，但几乎没有溢出</translation>
        </message>
        <message>
            <source>weights have 7 bits: the processor (x86 without VNNI) sums int8 products in 16 bits, where 8-bit weights overflow; weight_range: full turns this off</source>
            <translation>权重为 7 位：该处理器（不带 VNNI 的 x86）以 16 位累加 int8 乘积，8 位权重会溢出；weight_range: full 可关闭此项</translation>
        </message>
        <message>
            <source>{0}; the file has {1} bytes, {2} as float</source>
            <translation>{0}；文件为 {1} 字节，浮点为 {2} 字节</translation>
        </message>
        <message>
            <source>its weights are only {0} bytes as float: scales and conversion nodes take more than int8 saves</source>
            <translation>其浮点权重只有 {0} 字节：比例和转换节点占用的多于 int8 节省的</translation>
        </message>
        <message>
            <source>its weights stay float ({0} bytes)</source>
            <translation>其权重保持浮点（{0} 字节）</translation>
        </message>
        <message>
            <source>{0} weight tensors were rounded to {1} bits first</source>
            <translation>{0} 个权重张量先舍入到 {1} 位</translation>
        </message>
        <message>
            <source>equalize: the channels of {0} pairs of layers were brought to one size</source>
            <translation>equalize：{0} 对层的通道已调到同一量级</translation>
        </message>
        <message>
            <source>equalize: no two layers have nothing but ReLU between them, so nothing was changed</source>
            <translation>equalize：没有两层之间只隔着 ReLU，因此未作改动</translation>
        </message>
        <message>
            <source>{0} weights of layers that stay float are stored as int8</source>
            <translation>保持浮点的层有 {0} 个权重以 int8 存储</translation>
        </message>
        <message>
            <source>the runtime has no integer kernel for it in this place, so it stays float</source>
            <translation>运行时在这个位置没有它的整数内核，因此保持浮点</translation>
        </message>
        <message>
            <source>stays float: the network is measured to be faster so, or it was excluded</source>
            <translation>保持浮点：实测这样更快，或已被排除</translation>
        </message>
        <message>
            <source>placement: {0} of {1} layers stay float, measured {2}x faster than all-int8 ({3} timings)</source>
            <translation>放置：{1} 层中 {0} 层保持浮点，实测比全 int8 快 {2} 倍（{3} 次计时）</translation>
        </message>
        <message>
            <source>placement: no device to measure on, so every layer was quantized (give --target DEVICE)</source>
            <translation>placement：没有可供测量的设备，因此所有层都已量化（请给出 --target DEVICE）</translation>
        </message>
        <message>
            <source>max_loss: {0} stay float; {1} points were lost on the calibration data, {2} are now, {3} are allowed</source>
            <translation>max_loss：{0} 保持浮点；在校准数据上原本损失 {1} 个百分点，现在 {2}，允许 {3}</translation>
        </message>
        <message>
            <source>max_loss: there are no labels to score with, so no layer was returned to float</source>
            <translation>max_loss：没有可用来评分的标签，因此没有层改回浮点</translation>
        </message>
        <message>
            <source>weights packed into less than a byte</source>
            <translation>不足一字节的打包权重</translation>
        </message>
        <message>
            <source>weights in blocks of 4 bits</source>
            <translation>按块存储的 4 位权重</translation>
        </message>
        <message>
            <source>ranges taken while running</source>
            <translation>运行时测取的范围</translation>
        </message>
        <message>
            <source>float16 weights</source>
            <translation>float16 权重</translation>
        </message>
        <message>
            <source>{0} weights are stored as int8 of {1} bits and run as float</source>
            <translation>{0} 个权重以 {1} 位的 int8 存储，以浮点运行</translation>
        </message>
        <message>
            <source>TFLite: integer kernels for {0}</source>
            <translation>TFLite：{0} 使用整数内核</translation>
        </message>
        <message>
            <source>an earlier step made {0}, for which TFLite has no form</source>
            <translation>之前的步骤产生了{0}，TFLite 没有对应的形式</translation>
        </message>
        <message>
            <source>leave that step out (tflite-file stores weights as int8 itself), or leave tflite-file out and keep ONNX</source>
            <translation>去掉该步骤（tflite-file 自己会把权重存为 int8），或去掉 tflite-file 并保留 ONNX</translation>
        </message>
        <message>
            <source>{0} has no weight-only kernel; it stays float</source>
            <translation>{0} 没有仅权重的内核，保持浮点</translation>
        </message>
        <message>
            <source>stored with one scale a channel and run as float: no block-wise kernel</source>
            <translation>每通道一个比例存储并以浮点运行：没有分块内核</translation>
        </message>
        <message>
            <source>{0} is not offered</source>
            <translation>不提供 {0}</translation>
        </message>
        <message>
            <source>use bits 4 or 8 and block 16, 32, 64, 128 or 256</source>
            <translation>请用 4 或 8 位，块大小 16、32、64、128 或 256</translation>
        </message>
        <message>
            <source>{0} matrix products run with int{1} weights in blocks of {2}</source>
            <translation>{0} 个矩阵乘法用 int{1} 权重运行，每块 {2}</translation>
        </message>
        <message>
            <source>only {0} weights</source>
            <translation>只有 {0} 个权重</translation>
        </message>
        <message>
            <source>{0}: knobs are not a mapping but {1}</source>
            <translation>{0}：knobs 不是映射，而是 {1}</translation>
        </message>
        <message>
            <source>write a list of {technique: ID, knobs: {NAME: VALUE}}; techniques are listed by: flyweight techniques</source>
            <translation>请写成 {technique: ID, knobs: {NAME: VALUE}} 的列表；技术可用 flyweight techniques 列出</translation>
        </message>
        <message>
            <source>{0} names no technique</source>
            <translation>{0} 没有写明技术</translation>
        </message>
        <message>
            <source>{0} has an unknown key '{1}'</source>
            <translation>{0} 有未知的键“{1}”</translation>
        </message>
        <message>
            <source>use 'technique' and 'knobs'</source>
            <translation>请用 'technique' 和 'knobs'</translation>
        </message>
        <message>
            <source>{0} is not a mapping with 'technique' but {1}</source>
            <translation>{0} 不是带 'technique' 的映射，而是 {1}</translation>
        </message>
        <message>
            <source>{0} has {1} steps, at most {2} are taken</source>
            <translation>{0} 有 {1} 个步骤，最多接受 {2} 个</translation>
        </message>
        <message>
            <source>{0} is not a list of steps but {1}</source>
            <translation>{0} 不是步骤列表，而是 {1}</translation>
        </message>
        <message>
            <source>{0}: the name {1} is not text</source>
            <translation>{0}：名称 {1} 不是文本</translation>
        </message>
        <message>
            <source>put the name in quotes</source>
            <translation>请给名称加引号</translation>
        </message>
        <message>
            <source>{0} is a recipe of version {1}, this Flyweight reads version {2}</source>
            <translation>{0} 是版本 {1} 的配方，此 Flyweight 读取版本 {2}</translation>
        </message>
        <message>
            <source>update Flyweight, or write the recipe in the known version</source>
            <translation>更新 Flyweight，或用已知版本编写配方</translation>
        </message>
        <message>
            <source>{0} is nested more than {1} levels deep</source>
            <translation>{0} 的嵌套超过 {1} 层</translation>
        </message>
        <message>
            <source>{0} uses YAML aliases (*name)</source>
            <translation>{0} 使用了 YAML 别名（*name）</translation>
        </message>
        <message>
            <source>write the values out</source>
            <translation>请把值直接写出来</translation>
        </message>
        <message>
            <source>{0} is not YAML or JSON: {1}</source>
            <translation>{0} 不是 YAML 或 JSON：{1}</translation>
        </message>
        <message>
            <source>{0} is not UTF-8 text (byte {1})</source>
            <translation>{0} 不是 UTF-8 文本（第 {1} 字节）</translation>
        </message>
        <message>
            <source>{0} has {1} bytes, a recipe has at most {2}</source>
            <translation>{0} 有 {1} 字节，配方最多 {2} 字节</translation>
        </message>
        <message>
            <source>{0} cannot be read: {1}</source>
            <translation>无法读取 {0}：{1}</translation>
        </message>
        <message>
            <source>give the path of a recipe file</source>
            <translation>请给出配方文件的路径</translation>
        </message>
        <message>
            <source>with fewer units it does not compute what it computes with these units silenced</source>
            <translation>减少单元之后的计算与把这些单元静音后的不同</translation>
        </message>
        <message>
            <source>the network does not run with fewer units</source>
            <translation>减少单元之后网络不能运行</translation>
        </message>
        <message>
            <source>its units are mixed before {0} reads them</source>
            <translation>它的单元在 {0} 读取之前已混合</translation>
        </message>
        <message>
            <source>its units are the model's output</source>
            <translation>它的单元就是模型的输出</translation>
        </message>
        <message>
            <source>its cell states, or the states of its inner layers, are read by others</source>
            <translation>它的单元状态或其内部各层的状态被其他层读取</translation>
        </message>
        <message>
            <source>{0} runs more than once</source>
            <translation>{0} 运行了不止一次</translation>
        </message>
        <message>
            <source>it works on packed sequences</source>
            <translation>它处理的是打包序列</translation>
        </message>
        <message>
            <source>there is no technique '{0}'</source>
            <translation>没有技术“{0}”</translation>
        </message>
        <message>
            <source>{0}list them: flyweight techniques</source>
            <translation>{0}列出全部：flyweight techniques</translation>
        </message>
        <message>
            <source>{0} offers a recipe with the unknown step '{1}'</source>
            <translation>{0} 提供的配方含有未知步骤 '{1}'</translation>
        </message>
        <message>
            <source>name an id</source>
            <translation>请给出技术的标识</translation>
        </message>
        <message>
            <source>{0} offers a recipe of {1} steps to the preset '{2}'</source>
            <translation>{0} 向预设 '{2}' 提供了一个有 {1} 个步骤的配方</translation>
        </message>
        <message>
            <source>give steps, and one of: {0}</source>
            <translation>请给出步骤，并从下列中选一个：{0}</translation>
        </message>
        <message>
            <source>technique '{0}' of {1} is already provided by {2}</source>
            <translation>{1} 的技术“{0}”已由 {2} 提供</translation>
        </message>
        <message>
            <source>uninstall one of the two packages</source>
            <translation>请卸载两个包中的一个</translation>
        </message>
        <message>
            <source>{0} of {1} weights in {2} layers came as zeros; training keeps them so</source>
            <translation>{2} 个层的 {1} 个权重中有 {0} 个原本就是零；训练会保持为零</translation>
        </message>
        <message>
            <source>the model is already quantized; it is not quantized or pruned again</source>
            <translation>模型已经量化，不再量化或剪枝</translation>
        </message>
        <message>
            <source>compress the float model it was made from; evaluate, bundle and deploy take this one as it is</source>
            <translation>请压缩它的浮点原模型；evaluate、bundle 和 deploy 可直接使用它</translation>
        </message>
        <message>
            <source>{0} cannot work on this model: {1}: {2}</source>
            <translation>{0} 不能处理此模型：{1}：{2}</translation>
        </message>
        <message>
            <source>leave the step out, or change its knobs: flyweight techniques {0}</source>
            <translation>请去掉这一步，或更改它的设置：flyweight techniques {0}</translation>
        </message>
        <message>
            <source>step {0} of {1}</source>
            <translation>第 {0} 步，共 {1} 步</translation>
        </message>
        <message>
            <source>a sweep over lambda with epochs=0 would do nothing</source>
            <translation>epochs=0 时对 lambda 的扫描没有作用</translation>
        </message>
        <message>
            <source>use 1 epoch or more</source>
            <translation>请用 1 轮或更多</translation>
        </message>
        <message>
            <source>sparsity-sweep: values={0} holds a share outside 0 .. 1</source>
            <translation>sparsity-sweep：values={0} 中有超出 0 .. 1 的比例</translation>
        </message>
        <message>
            <source>use 0.5 or the like</source>
            <translation>请用 0.5 之类的值</translation>
        </message>
        <message>
            <source>distillation needs the original as a torch module</source>
            <translation>蒸馏需要 torch 模块形式的原模型</translation>
        </message>
        <message>
            <source>give the PyTorch code, or an ONNX file of known operators</source>
            <translation>请给出 PyTorch 代码，或由已知算子组成的 ONNX 文件</translation>
        </message>
        <message>
            <source>outputs of the original for {0} samples</source>
            <translation>原模型对 {0} 个样本的输出</translation>
        </message>
        <message>
            <source>is not a list</source>
            <translation>不是列表</translation>
        </message>
        <message>
            <source>is not text</source>
            <translation>不是文本</translation>
        </message>
        <message>
            <source>is not true or false</source>
            <translation>不是 true 或 false</translation>
        </message>
        <message>
            <source>is outside {0} .. {1} {2}</source>
            <translation>超出 {0} .. {1} {2}</translation>
        </message>
        <message>
            <source>is outside {0} .. {1}</source>
            <translation>超出 {0} .. {1}</translation>
        </message>
        <message>
            <source>is not a whole number</source>
            <translation>不是整数</translation>
        </message>
        <message>
            <source>is not a number</source>
            <translation>不是数字</translation>
        </message>
        <message>
            <source>ends before it begins</source>
            <translation>终点小于起点</translation>
        </message>
        <message>
            <source>is not a pair of numbers</source>
            <translation>不是一对数字</translation>
        </message>
        <message>
            <source>is not one of {0}</source>
            <translation>不是 {0} 之一</translation>
        </message>
        <message>
            <source>must not be empty</source>
            <translation>不能为空</translation>
        </message>
        <message>
            <source>see: flyweight techniques {0}</source>
            <translation>参见：flyweight techniques {0}</translation>
        </message>
        <message>
            <source>has a default that no recipe can hold: {0}</source>
            <translation>有一个配方无法保存的默认值：{0}</translation>
        </message>
        <message>
            <source>has the type {0}; use one of {1}</source>
            <translation>类型为 {0}；请用 {1} 之一</translation>
        </message>
        <message>
            <source>{0}: the knob '{1}' {2}</source>
            <translation>{0}：参数“{1}”{2}</translation>
        </message>
        <message>
            <source>declare it with knob()</source>
            <translation>请用 knob() 声明</translation>
        </message>
        <message>
            <source>the config of {0} is no dataclass</source>
            <translation>{0} 的配置不是 dataclass</translation>
        </message>
        <message>
            <source>decorate it with @dataclass</source>
            <translation>请加上 @dataclass 装饰器</translation>
        </message>
        <message>
            <source>technique '{0}' has no knob '{1}'</source>
            <translation>技术“{0}”没有设置“{1}”</translation>
        </message>
        <message>
            <source>did you mean {0}? see: flyweight techniques {1}</source>
            <translation>您是指 {0} 吗？参见：flyweight techniques {1}</translation>
        </message>
        <message>
            <source>use one of: {0}; see: flyweight techniques {1}</source>
            <translation>请用其中之一：{0}；参见：flyweight techniques {1}</translation>
        </message>
        <message>
            <source>{0}: this processor has no instructions for bfloat16; precision float32 is faster here</source>
            <translation>{0}：此处理器没有 bfloat16 指令；此处 float32 精度更快</translation>
        </message>
        <message>
            <source>{0}: lbfgs compares losses closer than bfloat16 tells apart</source>
            <translation>{0}：lbfgs 比较损失的精细程度超出 bfloat16 的分辨能力</translation>
        </message>
        <message>
            <source>set precision: float32</source>
            <translation>请设置 precision: float32</translation>
        </message>
        <message>
            <source>{0}: the loss became {1} in epoch {2}</source>
            <translation>{0}：损失在第 {2} 轮变成 {1}</translation>
        </message>
        <message>
            <source>lower learning_rate</source>
            <translation>请减小 learning_rate</translation>
        </message>
        <message>
            <source>{0}: ended after {1} of {2} epochs, as asked; the best is kept</source>
            <translation>{0}：按要求在第 {1} 轮（共 {2} 轮）后结束，保留最好的结果</translation>
        </message>
        <message>
            <source>{0}: 1 epoch of {1} samples</source>
            <translation>{0}：1 轮，{1} 个样本</translation>
        </message>
        <message>
            <source>{0}: {1} epochs of {2} samples</source>
            <translation>{0}：{1} 轮，{2} 个样本</translation>
        </message>
        <message>
            <source>{0} needs training data</source>
            <translation>{0} 需要训练数据</translation>
        </message>
        <message>
            <source>{0} has no samples to train on</source>
            <translation>{0} 没有可训练的样本</translation>
        </message>
        <message>
            <source>give data with a training part</source>
            <translation>请给出含训练部分的数据</translation>
        </message>
        <message>
            <source>{0} of {1} weights became zero</source>
            <translation>{1} 个权重中有 {0} 个变为零</translation>
        </message>
        <message>
            <source>its matrices are read by one kernel, which {0} cannot look into</source>
            <translation>其矩阵由一个内核读取，{0} 无法进入其中</translation>
        </message>
        <message>
            <source>the board has no adapter '{0}'</source>
            <translation>板卡上没有适配器“{0}”</translation>
        </message>
        <message>
            <source>it has: {0}</source>
            <translation>已有：{0}</translation>
        </message>
        <message>
            <source>the agent there speaks protocol {0}.{1} and takes no adapters</source>
            <translation>那里的代理程序使用协议 {0}.{1}，不接受适配器</translation>
        </message>
        <message>
            <source>update it: flyweight device add NAME ADDRESS</source>
            <translation>请更新它：flyweight device add NAME ADDRESS</translation>
        </message>
        <message>
            <source>{0} imports {1} at its top, which a board may lack</source>
            <translation>{0} 在开头导入 {1}，板卡上可能没有它</translation>
        </message>
        <message>
            <source>import it inside the functions, so that a board without it can say so</source>
            <translation>请在函数内部导入，这样没有它的板卡才能说明原因</translation>
        </message>
        <message>
            <source>{0} sets no ADAPTER</source>
            <translation>{0} 没有设置 ADAPTER</translation>
        </message>
        <message>
            <source>end it with: ADAPTER = YourSession</source>
            <translation>请在末尾写：ADAPTER = YourSession</translation>
        </message>
        <message>
            <source>{0} has {1} bytes</source>
            <translation>{0} 有 {1} 字节</translation>
        </message>
        <message>
            <source>an adapter has at most {0}</source>
            <translation>适配器最多 {0}</translation>
        </message>
        <message>
            <source>{0} is no Python 3.8: {1}</source>
            <translation>{0} 不是 Python 3.8：{1}</translation>
        </message>
        <message>
            <source>see docs/adapters.md</source>
            <translation>参见 docs/adapters.md</translation>
        </message>
        <message>
            <source>name the adapter's file</source>
            <translation>请指定适配器的文件</translation>
        </message>
        <message>
            <source>the board does not list its runtimes</source>
            <translation>板卡没有列出它的运行时</translation>
        </message>
        <message>
            <source>the board does not list its adapters</source>
            <translation>板卡没有列出它的适配器</translation>
        </message>
        <message>
            <source>the board says that its work is {0}</source>
            <translation>板卡称它的任务状态是 {0}</translation>
        </message>
        <message>
            <source>the board wants to go on at {0} of {1} bytes</source>
            <translation>板卡要从 {1} 字节中的第 {0} 字节继续</translation>
        </message>
        <message>
            <source>the board answered with the result of another run</source>
            <translation>板卡给出的是另一次运行的结果</translation>
        </message>
        <message>
            <source>measure again</source>
            <translation>请重新测量</translation>
        </message>
        <message>
            <source>the board does not say what its answers are</source>
            <translation>板卡没有说明它的应答是什么</translation>
        </message>
        <message>
            <source>an answer of the board is no prediction</source>
            <translation>板卡的一条应答不是预测结果</translation>
        </message>
        <message>
            <source>the board answered {0} files with {1}</source>
            <translation>板卡对 {0} 个文件应答了 {1}</translation>
        </message>
        <message>
            <source>the board does not list the keys it trusts</source>
            <translation>板卡没有列出它信任的密钥</translation>
        </message>
        <message>
            <source>the board does not say whether the trial is well</source>
            <translation>板卡没有说明试运行是否正常</translation>
        </message>
        <message>
            <source>the board answered an order with {0}</source>
            <translation>板卡对请求应答了 {0}</translation>
        </message>
        <message>
            <source>the file became shorter while it was sent</source>
            <translation>文件在发送过程中变短了</translation>
        </message>
        <message>
            <source>try again</source>
            <translation>请重试</translation>
        </message>
        <message>
            <source>the board does not list its rights</source>
            <translation>板卡没有列出它的权限</translation>
        </message>
        <message>
            <source>the board does not say how far its log was read</source>
            <translation>板卡没有说明日志读到了哪里</translation>
        </message>
        <message>
            <source>the board does not list its sensors</source>
            <translation>板卡没有列出它的传感器</translation>
        </message>
        <message>
            <source>the board's selftest holds no samples</source>
            <translation>板卡的自检中没有采样</translation>
        </message>
        <message>
            <source>the board's selftest holds no texts</source>
            <translation>板卡的自检中没有文本</translation>
        </message>
        <message>
            <source>the board does not tell its clock</source>
            <translation>板卡没有给出它的时钟</translation>
        </message>
        <message>
            <source>the agent there speaks protocol {0}.{1} and keeps no log</source>
            <translation>那里的代理程序使用协议 {0}.{1}，不保存日志</translation>
        </message>
        <message>
            <source>{0} {1} behind this computer's</source>
            <translation>比本机慢 {0} {1}</translation>
        </message>
        <message>
            <source>{0} {1} ahead of this computer's</source>
            <translation>比本机快 {0} {1}</translation>
        </message>
        <message>
            <source>like this computer's</source>
            <translation>与本机一致</translation>
        </message>
        <message>
            <source>'{0}' is no Python 3.8 to 3.13 on the board: {1}</source>
            <translation>“{0}”在板卡上不是 Python 3.8 至 3.13：{1}</translation>
        </message>
        <message>
            <source>look there with: which -a python3; or leave --python out: the newest one that fits is taken</source>
            <translation>在板卡上查看：which -a python3；或不给 --python：将采用最新的合适版本</translation>
        </message>
        <message>
            <source>the agent runs on Python 3.8 to 3.13; this board has: {0}</source>
            <translation>代理程序可在 Python 3.8 至 3.13 上运行；此板卡有：{0}</translation>
        </message>
        <message>
            <source>on the board: sudo apt-get install -y python3.8 (or give another one: --python PATH)</source>
            <translation>在板卡上：sudo apt-get install -y python3.8（或指定另一个：--python PATH）</translation>
        </message>
        <message>
            <source>'{0}' is no path of an interpreter, and no command of plain words</source>
            <translation>“{0}”既不是解释器的路径，也不是由普通单词组成的命令</translation>
        </message>
        <message>
            <source>give a path such as /usr/bin/python3.11, or a command such as 'docker exec -i box python3'; put anything else into a script on the board and give its path</source>
            <translation>请给出路径，例如 /usr/bin/python3.11，或命令，例如 'docker exec -i box python3'；其他情况请写成板卡上的脚本并给出其路径</translation>
        </message>
        <message>
            <source>behind {0} is another board than before: {1}, it was {2}</source>
            <translation>{0} 后面是另一块板卡：现为 {1}，以前是 {2}</translation>
        </message>
        <message>
            <source>{0} let us in and is slow: its agent has been starting for {1} s</source>
            <translation>{0} 允许登录但很慢：其代理程序已启动 {1} 秒</translation>
        </message>
        <message>
            <source>{0}. From here by force: flyweight device unlock {1}</source>
            <translation>{0}。在这里强制解锁：flyweight device unlock {1}</translation>
        </message>
        <message>
            <source>{0} has no agent of this version</source>
            <translation>{0} 上没有此版本的代理程序</translation>
        </message>
        <message>
            <source>bring it: flyweight device probe {0}</source>
            <translation>安装它：flyweight device probe {0}</translation>
        </message>
        <message>
            <source>no host key is pinned for {0}</source>
            <translation>{0} 没有已固定的主机密钥</translation>
        </message>
        <message>
            <source>add it: flyweight device add {0} {1}</source>
            <translation>请添加它：flyweight device add {0} {1}</translation>
        </message>
        <message>
            <source>the run was interrupted: {0}</source>
            <translation>运行被中断：{0}</translation>
        </message>
        <message>
            <source>the link to the board was lost while it measures: {0}</source>
            <translation>测量时与板卡的连接中断：{0}</translation>
        </message>
        <message>
            <source>the board goes on; give the same command again to fetch the result</source>
            <translation>板卡会继续测量；再次发出同样的命令即可取回结果</translation>
        </message>
        <message>
            <source>the job announces {0} bytes of data</source>
            <translation>任务声明有 {0} 字节数据</translation>
        </message>
        <message>
            <source>the job answered neither event, reply nor error</source>
            <translation>任务的应答既不是事件，也不是回复或错误</translation>
        </message>
        <message>
            <source>the board floods this desktop with events</source>
            <translation>板卡向本机发送了过多事件</translation>
        </message>
        <message>
            <source>the data of the job is out of step</source>
            <translation>任务数据的顺序不对</translation>
        </message>
        <message>
            <source>the log of the job is out of step</source>
            <translation>任务日志的顺序不对</translation>
        </message>
        <message>
            <source>Python on the board that runs the agent; empty: the newest it has</source>
            <translation>板卡上运行代理的 Python；留空：板卡上最新的</translation>
        </message>
        <message>
            <source>File of the private key that lets you in; empty: what ssh finds</source>
            <translation>用来登录的私钥文件；留空：由 ssh 查找</translation>
        </message>
        <message>
            <source>Where it answers now, as for ssh: user@host or user@host:port</source>
            <translation>它现在的地址，与 ssh 相同：user@host 或 user@host:port</translation>
        </message>
        <message>
            <source>Facts about it, such as where it is: KEY=VALUE</source>
            <translation>关于它的信息，例如所在位置：键=值</translation>
        </message>
        <message>
            <source>Groups it is in; @GROUP then stands for all of them</source>
            <translation>所属分组；@分组 代表其中所有设备</translation>
        </message>
        <message>
            <source>there is no key file {0}</source>
            <translation>没有密钥文件 {0}</translation>
        </message>
        <message>
            <source>give the path of a private key</source>
            <translation>请给出私钥的路径</translation>
        </message>
        <message>
            <source>'{0}={1}' is no tag</source>
            <translation>“{0}={1}”不是标签</translation>
        </message>
        <message>
            <source>write KEY=VALUE without commas</source>
            <translation>请写成不含逗号的 KEY=VALUE</translation>
        </message>
        <message>
            <source>'{0}' are no tags</source>
            <translation>“{0}”不是标签</translation>
        </message>
        <message>
            <source>a board needs an address</source>
            <translation>板卡需要地址</translation>
        </message>
        <message>
            <source>write it as for ssh: user@host or user@host:port</source>
            <translation>请像 ssh 那样书写：user@host 或 user@host:port</translation>
        </message>
        <message>
            <source>{0} of loopback is not set: it is this computer</source>
            <translation>不能设置 loopback 的 {0}：它就是本机</translation>
        </message>
        <message>
            <source>a device has no setting '{0}'</source>
            <translation>设备没有设置“{0}”</translation>
        </message>
        <message>
            <source>port</source>
            <translation>端口</translation>
        </message>
        <message>
            <source>this is no SSH server</source>
            <translation>这不是 SSH 服务器</translation>
        </message>
        <message>
            <source>is SSH switched on? on a Raspberry Pi: sudo raspi-config</source>
            <translation>SSH 打开了吗？在树莓派上：sudo raspi-config</translation>
        </message>
        <message>
            <source>{0} resolves to {1}</source>
            <translation>{0} 解析为 {1}</translation>
        </message>
        <message>
            <source>clock</source>
            <translation>时钟</translation>
        </message>
        <message>
            <source>set it, or its log tells wrong times: sudo timedatectl set-ntp true; measured figures do not depend on it</source>
            <translation>请校准它，否则日志中的时间是错的：sudo timedatectl set-ntp true；测量结果不受影响</translation>
        </message>
        <message>
            <source>disk</source>
            <translation>磁盘</translation>
        </message>
        <message>
            <source>{0} MB free</source>
            <translation>剩余 {0} MB</translation>
        </message>
        <message>
            <source>free some space on the board: flyweight needs {0} MB</source>
            <translation>请在板卡上腾出空间：flyweight 需要 {0} MB</translation>
        </message>
        <message>
            <source>runtime</source>
            <translation>运行时</translation>
        </message>
        <message>
            <source>agent</source>
            <translation>代理程序</translation>
        </message>
        <message>
            <source>{0}, Python {1}, protocol {2}.{3}</source>
            <translation>{0}，Python {1}，协议 {2}.{3}</translation>
        </message>
        <message>
            <source>login</source>
            <translation>登录</translation>
        </message>
        <message>
            <source>accepted after {0} s</source>
            <translation>{0} 秒后被接受</translation>
        </message>
        <message>
            <source>host key</source>
            <translation>主机密钥</translation>
        </message>
        <message>
            <source>the pinned key</source>
            <translation>已固定的密钥</translation>
        </message>
        <message>
            <source>~/.flyweight on {0} could not be deleted</source>
            <translation>无法删除 {0} 上的 ~/.flyweight</translation>
        </message>
        <message>
            <source>delete it by hand</source>
            <translation>请手动删除</translation>
        </message>
        <message>
            <source>the agent could not be installed: {0}</source>
            <translation>无法安装代理程序：{0}</translation>
        </message>
        <message>
            <source>check free space and rights of the home folder on the board</source>
            <translation>请检查板卡上主文件夹的剩余空间和权限</translation>
        </message>
        <message>
            <source>the home folder on the board has {0} MB of free space</source>
            <translation>板卡上主文件夹剩余 {0} MB</translation>
        </message>
        <message>
            <source>free some space there: {0} MB at least, 200 MB for a runtime</source>
            <translation>请在那里腾出空间：至少 {0} MB，运行时另需 200 MB</translation>
        </message>
        <message>
            <source>the agent does not run as root unless it is told to</source>
            <translation>除非明确允许，代理程序不会以 root 身份运行</translation>
        </message>
        <message>
            <source>give the agent a user of its own: on the board sudo adduser flyweight, here flyweight device add NAME flyweight@HOST; or say that root is meant: the same command with --allow-root</source>
            <translation>给代理程序一个专用用户：在板卡上运行 sudo adduser flyweight，在此处运行 flyweight device add NAME flyweight@HOST；或者明确允许 root：在同一命令后加 --allow-root</translation>
        </message>
        <message>
            <source>{0} took the password, but does not take a key from ~/.ssh/authorized_keys; no password is stored</source>
            <translation>{0} 接受了密码，但不接受 ~/.ssh/authorized_keys 中的密钥；密码不会被保存</translation>
        </message>
        <message>
            <source>allow PubkeyAuthentication for this user on the board (sshd -T shows what is set), then try again</source>
            <translation>请在板卡上为此用户允许 PubkeyAuthentication（sshd -T 可查看设置），然后重试</translation>
        </message>
        <message>
            <source>{0} does not take a key of its own for Flyweight; your login stays in use</source>
            <translation>{0} 不接受 Flyweight 自己的密钥；继续使用你的登录方式</translation>
        </message>
        <message>
            <source>{0}: its Python is a command of several words; your login stays in use</source>
            <translation>{0}：它的 Python 是由多个单词组成的命令；继续使用你自己的登录</translation>
        </message>
        <message>
            <source>a key of its own for Flyweight starts one program, not '{0}'</source>
            <translation>Flyweight 专用的密钥只启动一个程序，而不是“{0}”</translation>
        </message>
        <message>
            <source>put the command into a script on the board and give its path, or log in with a key of yours</source>
            <translation>请把命令写成板卡上的脚本并给出其路径，或用你自己的密钥登录</translation>
        </message>
        <message>
            <source>{0} shows the key it showed at {1}: it has moved to {2}</source>
            <translation>{0} 出示的是它在 {1} 时的密钥：它已移到 {2}</translation>
        </message>
        <message>
            <source>{0} is no key file</source>
            <translation>{0} 不是密钥文件</translation>
        </message>
        <message>
            <source>give the private key, for example ~/.ssh/id_ed25519</source>
            <translation>请给出私钥，例如 ~/.ssh/id_ed25519</translation>
        </message>
        <message>
            <source>'loopback' is this computer</source>
            <translation>loopback 就是这台计算机</translation>
        </message>
        <message>
            <source>choose another name</source>
            <translation>请换一个名称</translation>
        </message>
        <message>
            <source>{0} shows the identity of {1}: {2}</source>
            <translation>{0} 的身份为 {1}：{2}</translation>
        </message>
        <message>
            <source>a key and a password exclude one another</source>
            <translation>密钥与密码只能用一个</translation>
        </message>
        <message>
            <source>give one of them</source>
            <translation>请只给出其中之一</translation>
        </message>
        <message>
            <source>cancelled</source>
            <translation>已取消</translation>
        </message>
        <message>
            <source>run the same command again</source>
            <translation>请再次运行同样的命令</translation>
        </message>
        <message>
            <source>write [{"name": ..., "address": ...}, ...]</source>
            <translation>请写成 [{"name": ..., "address": ...}, ...]</translation>
        </message>
        <message>
            <source>write it as CSV with commas and quotes</source>
            <translation>请写成带逗号和引号的 CSV</translation>
        </message>
        <message>
            <source>{0}: unknown column {1}</source>
            <translation>{0}：未知的列 {1}</translation>
        </message>
        <message>
            <source>{0}: the columns name and address are needed</source>
            <translation>{0}：需要 name 和 address 两列</translation>
        </message>
        <message>
            <source>columns are {0} and {1}KEY, as in {2}site</source>
            <translation>可用的列为 {0} 和 {1}KEY，例如 {2}site</translation>
        </message>
        <message>
            <source>give every board one row with a name of its own</source>
            <translation>请给每块板卡一行，各有自己的名称</translation>
        </message>
        <message>
            <source>{0} has more than {1} bytes</source>
            <translation>{0} 超过 {1} 字节</translation>
        </message>
        <message>
            <source>split it</source>
            <translation>请拆分它</translation>
        </message>
        <message>
            <source>give a CSV or JSON file in UTF-8</source>
            <translation>请给出 UTF-8 的 CSV 或 JSON 文件</translation>
        </message>
        <message>
            <source>{0} shows the key {1}, not {2}</source>
            <translation>{0} 出示的密钥是 {1}，不是 {2}</translation>
        </message>
        <message>
            <source>look at the key on the board itself: ssh-keygen -lf {0}</source>
            <translation>请在板卡上查看密钥：ssh-keygen -lf {0}</translation>
        </message>
        <message>
            <source>the host key of {0} changed: pinned {1}, now {2}</source>
            <translation>{0} 的主机密钥变了：已固定 {1}，现为 {2}</translation>
        </message>
        <message>
            <source>repair the JSON, or move the file away and add devices again</source>
            <translation>请修复 JSON，或移走文件后重新添加设备</translation>
        </message>
        <message>
            <source>{0} was written by a newer Flyweight</source>
            <translation>{0} 由更新版本的 Flyweight 写成</translation>
        </message>
        <message>
            <source>update Flyweight</source>
            <translation>请更新 Flyweight</translation>
        </message>
        <message>
            <source>loopback is this computer and always there</source>
            <translation>loopback 就是这台计算机，始终存在</translation>
        </message>
        <message>
            <source>remove another device</source>
            <translation>请移除其他设备</translation>
        </message>
        <message>
            <source>{0} says that it is {1}, which is {2} with another host key</source>
            <translation>{0} 自称是 {1}，而那是主机密钥不同的 {2}</translation>
        </message>
        <message>
            <source>if it is {0}, flashed anew: flyweight device add {1} {2} --reflashed; if {3} is gone: flyweight device remove {4}, then add this one; if its card is a copy of {5}'s: on it rm ~/.flyweight/device-id, then add it again; otherwise do not trust it</source>
            <translation>若它就是重新刷写过的 {0}：flyweight device add {1} {2} --reflashed；若 {3} 已不存在：flyweight device remove {4}，再添加本设备；若其存储卡是 {5} 的副本：在其上执行 rm ~/.flyweight/device-id，再重新添加；否则请勿信任它</translation>
        </message>
        <message>
            <source>{0} says that it is {1}, which is this computer</source>
            <translation>{0} 自称是 {1}，而那是本机</translation>
        </message>
        <message>
            <source>if it is this computer: its name is {0}; if its card or disk is a copy of this one's: on it rm ~/.flyweight/device-id, then add it again; otherwise do not trust it</source>
            <translation>若它就是本机：其名称为 {0}；若其存储卡或磁盘是本机的副本：在其上执行 rm ~/.flyweight/device-id，再重新添加；否则请勿信任它</translation>
        </message>
        <message>
            <source>no device is in the group '{0}'</source>
            <translation>组“{0}”中没有设备</translation>
        </message>
        <message>
            <source>known: {0}; make one: flyweight device group {1} NAME...</source>
            <translation>已知：{0}；新建：flyweight device group {1} NAME...</translation>
        </message>
        <message>
            <source>no device has the tag '{0}'</source>
            <translation>没有设备带有标签“{0}”</translation>
        </message>
        <message>
            <source>known: {0}; note one: flyweight device tag NAME KEY=VALUE</source>
            <translation>已知：{0}；添加一个：flyweight device tag NAME KEY=VALUE</translation>
        </message>
        <message>
            <source>there is no device '{0}'</source>
            <translation>没有设备“{0}”</translation>
        </message>
        <message>
            <source>known: {0}; add it: flyweight device add NAME USER@HOST</source>
            <translation>已知：{0}；添加：flyweight device add NAME USER@HOST</translation>
        </message>
        <message>
            <source>'{0}' is no name for a device</source>
            <translation>“{0}”不能作设备名称</translation>
        </message>
        <message>
            <source>use up to 64 letters, digits, dots, dashes, underscores</source>
            <translation>最多 64 个字母、数字、点、短横线、下划线</translation>
        </message>
        <message>
            <source>'{0}' is no address</source>
            <translation>“{0}”不是地址</translation>
        </message>
        <message>
            <source>run only models you trust there; a kernel with seccomp (CONFIG_SECCOMP_FILTER) or one that lets users make namespaces (sysctl user.max_user_namespaces) closes it</source>
            <translation>请只在该板卡上运行可信的模型；带 seccomp 的内核（CONFIG_SECCOMP_FILTER）或允许用户创建命名空间的内核（sysctl user.max_user_namespaces）可将其关闭</translation>
        </message>
        <message>
            <source>the agent is too old to tell</source>
            <translation>代理版本过旧，无法告知</translation>
        </message>
        <message>
            <source>the board tells limits of a process that cannot be</source>
            <translation>板卡给出了不可能的进程限制</translation>
        </message>
        <message>
            <source>the loopback server did not start: {0}</source>
            <translation>loopback 服务器没有启动：{0}</translation>
        </message>
        <message>
            <source>check with: flyweight doctor</source>
            <translation>请检查：flyweight doctor</translation>
        </message>
        <message>
            <source>no runtime for Python {0} on {1} and this bundle is published</source>
            <translation>没有发布适合 Python {0}（{1}）和此包的运行时</translation>
        </message>
        <message>
            <source>{0} for Python {1} on {2}</source>
            <translation>{2} 上 Python {1} 的 {0}</translation>
        </message>
        <message>
            <source>'{0}' is no architecture with wheels</source>
            <translation>“{0}”不是有 wheel 的架构</translation>
        </message>
        <message>
            <source>'{0}' is no name for a slot</source>
            <translation>“{0}”不能作槽位名称</translation>
        </message>
        <message>
            <source>use letters, digits, dots, dashes</source>
            <translation>请用字母、数字、点、短横线</translation>
        </message>
        <message>
            <source>another command of this desktop deploys to this board</source>
            <translation>本机的另一个命令正在向这块板卡部署</translation>
        </message>
        <message>
            <source>wait until it is done, or end it</source>
            <translation>请等它完成，或结束它</translation>
        </message>
        <message>
            <source>{0} travelled packed: {1} of {2} bytes</source>
            <translation>{0} 打包传输：{2} 字节中的 {1} 字节</translation>
        </message>
        <message>
            <source>{0} could not be restored on the board and is sent as it is: {1}</source>
            <translation>{0} 无法在板卡上还原，改为原样发送：{1}</translation>
        </message>
        <message>
            <source>the board cannot run {0} with {1}: {2}</source>
            <translation>板卡不能以 {1} 运行 {0}：{2}</translation>
        </message>
        <message>
            <source>install an onnxruntime built with {0} for the board's own Python (Jetson: NVIDIA's wheel for its JetPack), or use --provider cpu</source>
            <translation>请为板卡自己的 Python 安装带 {0} 的 onnxruntime（Jetson：NVIDIA 为其 JetPack 提供的 wheel），或使用 --provider cpu</translation>
        </message>
        <message>
            <source>a delegate is TFLite's, and the board runs {0} by {1}</source>
            <translation>委托属于 TFLite，而该板用 {1} 运行 {0}</translation>
        </message>
        <message>
            <source>bring the TFLite form along: flyweight bundle VARIANT --twin; or leave out --delegate</source>
            <translation>请带上 TFLite 形式：flyweight bundle VARIANT --twin；或不使用 --delegate</translation>
        </message>
        <message>
            <source>the board has no runtime for {0}</source>
            <translation>板卡上没有用于 {0} 的运行时</translation>
        </message>
        <message>
            <source>deploy the bundle first; that brings one; or add its adapter: flyweight device adapter add</source>
            <translation>请先部署该包，它会带来运行时；或添加其适配器：flyweight device adapter add</translation>
        </message>
        <message>
            <source>no provider '{0}'</source>
            <translation>没有提供程序“{0}”</translation>
        </message>
        <message>
            <source>use {0}, or onnxruntime's own name: ...{1}</source>
            <translation>请用 {0}，或 onnxruntime 自己的名称：...{1}</translation>
        </message>
        <message>
            <source>the board has no runtime {0}; add its adapter</source>
            <translation>板卡没有运行时 {0}；请添加其适配器</translation>
        </message>
        <message>
            <source>slot {0} has no earlier bundle on the board</source>
            <translation>槽位 {0} 在板卡上没有更早的包</translation>
        </message>
        <message>
            <source>bring one: flyweight deploy BUNDLE {0}</source>
            <translation>请部署一个：flyweight deploy BUNDLE {0}</translation>
        </message>
        <message>
            <source>slot {0} went back already, and runs the earliest bundle it has</source>
            <translation>槽位 {0} 已经回退过，运行的是它最早的包</translation>
        </message>
        <message>
            <source>release {0} ({1}) was taken back; to run it again: flyweight deploy {2} {3}</source>
            <translation>版本 {0}（{1}）已被撤回；若要再次运行它：flyweight deploy {2} {3}</translation>
        </message>
        <message>
            <source>nothing runs in slot {0}</source>
            <translation>槽位 {0} 中没有运行任何东西</translation>
        </message>
        <message>
            <source>deploy a bundle to it first</source>
            <translation>请先向它部署一个包</translation>
        </message>
        <message>
            <source>what ran as release {0} ({1}) would run again</source>
            <translation>以前的版本 {0}（{1}）会重新运行</translation>
        </message>
        <message>
            <source>rolled back to the bundle before</source>
            <translation>已回滚到之前的包</translation>
        </message>
        <message>
            <source>slot {0} of {1}</source>
            <translation>{1} 的槽位 {0}</translation>
        </message>
        <message>
            <source>a rollback of slot {0}</source>
            <translation>回滚槽位 {0}</translation>
        </message>
        <message>
            <source>an order for {0} was answered for {1}</source>
            <translation>对 {0} 的请求得到的是 {1} 的应答</translation>
        </message>
        <message>
            <source>the trial was not well, the board went back: {0}</source>
            <translation>试用不正常，板卡已退回：{0}</translation>
        </message>
        <message>
            <source>the agent there speaks protocol {0}.{1} and knows no trial</source>
            <translation>那里的代理程序使用协议 {0}.{1}，不支持试用</translation>
        </message>
        <message>
            <source>update it: flyweight device add NAME ADDRESS; or deploy without --trial, --health and --hook</source>
            <translation>请更新它：flyweight device add NAME ADDRESS；或不带 --trial、--health 和 --hook 部署</translation>
        </message>
        <message>
            <source>{0} in slot {1} of {2}</source>
            <translation>{0}，{2} 的槽位 {1}</translation>
        </message>
        <message>
            <source>a deploy of {0}</source>
            <translation>部署 {0}</translation>
        </message>
        <message>
            <source>{0} slots of {1}</source>
            <translation>{1} 的 {0} 个槽位</translation>
        </message>
        <message>
            <source>nothing was switched, because the bundle for slot {0} was rejected</source>
            <translation>没有切换，因为槽位 {0} 的包被拒绝</translation>
        </message>
        <message>
            <source>a deploy to {0} slots</source>
            <translation>向 {0} 个槽位部署</translation>
        </message>
        <message>
            <source>the script failed on the board: {0}</source>
            <translation>脚本在板卡上失败：{0}</translation>
        </message>
        <message>
            <source>write it with --script and look at it there</source>
            <translation>请用 --script 写出并在那里查看</translation>
        </message>
        <message>
            <source>sudo on the board refused: {0}</source>
            <translation>板卡上的 sudo 拒绝了：{0}</translation>
        </message>
        <message>
            <source>sudo on the board asks for a password</source>
            <translation>板卡上的 sudo 要求密码</translation>
        </message>
        <message>
            <source>run the command on a terminal, or write the script with --script and run it there</source>
            <translation>请在终端上运行该命令，或用 --script 写出脚本后在那里运行</translation>
        </message>
        <message>
            <source>there is no right '{0}'</source>
            <translation>没有权限项“{0}”</translation>
        </message>
        <message>
            <source>choose from: {0}</source>
            <translation>可选：{0}</translation>
        </message>
        <message>
            <source>the rollout {0} runs in another process</source>
            <translation>发布 {0} 正在另一个进程中进行</translation>
        </message>
        <message>
            <source>see: flyweight fleet status {0}</source>
            <translation>参见：flyweight fleet status {0}</translation>
        </message>
        <message>
            <source>cancelled before it was done</source>
            <translation>完成前被取消</translation>
        </message>
        <message>
            <source>'{0}' is no wave</source>
            <translation>“{0}”不是批次</translation>
        </message>
        <message>
            <source>write numbers of boards or shares: 1,10%,50%,100%</source>
            <translation>请写板卡数或比例：1,10%,50%,100%</translation>
        </message>
        <message>
            <source>it was damaged on the board and does not verify any more</source>
            <translation>它在板卡上损坏，不再通过验证</translation>
        </message>
        <message>
            <source>a rollout to slot {0}</source>
            <translation>向槽位 {0} 发布</translation>
        </message>
        <message>
            <source>not measured: what runs there is not in this project</source>
            <translation>未测量：那里运行的不在这个项目中</translation>
        </message>
        <message>
            <source>the golden check failed</source>
            <translation>黄金检查未通过</translation>
        </message>
        <message>
            <source>a rollout of {0}</source>
            <translation>发布 {0}</translation>
        </message>
        <message>
            <source>it is on trial there; without a commit the board goes back</source>
            <translation>它正在那里试用；若不提交，板卡会退回</translation>
        </message>
        <message>
            <source>it runs there already</source>
            <translation>它已在那里运行</translation>
        </message>
        <message>
            <source>there is no rollout '{0}' in this project</source>
            <translation>这个项目中没有发布“{0}”</translation>
        </message>
        <message>
            <source>check the disk; a damaged file may be moved away</source>
            <translation>请检查磁盘；损坏的文件可以移走</translation>
        </message>
        <message>
            <source>the agent there speaks protocol {0}.{1} and runs models on the usual only</source>
            <translation>那里的代理程序使用协议 {0}.{1}，只能用通常的运行时运行模型</translation>
        </message>
        <message>
            <source>update it: flyweight device add NAME ADDRESS; or leave out --runtime, --provider and --delegate</source>
            <translation>请更新它：flyweight device add NAME ADDRESS；或不用 --runtime、--provider 和 --delegate</translation>
        </message>
        <message>
            <source>the board has no runtime {0} for {1} ({2}); it has: {3}</source>
            <translation>板卡上没有用于 {1}（{2}）的运行时 {0}；已有：{3}</translation>
        </message>
        <message>
            <source>flyweight device adapter list TARGET says why an adapter cannot be used; add one: flyweight device adapter add</source>
            <translation>flyweight device adapter list TARGET 会说明适配器为何不能用；添加：flyweight device adapter add</translation>
        </message>
        <message>
            <source>'{0}' is not KEY=VALUE</source>
            <translation>“{0}”不是 KEY=VALUE</translation>
        </message>
        <message>
            <source>for example: device=usb:0</source>
            <translation>例如：device=usb:0</translation>
        </message>
        <message>
            <source>--delegate and --provider exclude one another</source>
            <translation>--delegate 与 --provider 不能同时使用</translation>
        </message>
        <message>
            <source>a delegate is TFLite's provider</source>
            <translation>委托就是 TFLite 的提供程序</translation>
        </message>
        <message>
            <source>--delegate-option without a delegate</source>
            <translation>给出了 --delegate-option 但没有委托</translation>
        </message>
        <message>
            <source>name its library: --delegate PATH</source>
            <translation>请指定它的库：--delegate PATH</translation>
        </message>
        <message>
            <source>'{0}' is no name of a {1}</source>
            <translation>“{0}”不是{1}的名称</translation>
        </message>
        <message>
            <source>see flyweight device probe</source>
            <translation>参见 flyweight device probe</translation>
        </message>
        <message>
            <source>pip failed</source>
            <translation>pip 失败</translation>
        </message>
        <message>
            <source>the package index has no {0} for this board's Python and processor</source>
            <translation>软件包索引中没有适合该板卡 Python 与处理器的 {0}</translation>
        </message>
        <message>
            <source>the package index does not answer</source>
            <translation>软件包索引没有应答</translation>
        </message>
        <message>
            <source>the wheels for the board could not be fetched: {0}</source>
            <translation>无法获取板卡所需的 wheel：{0}</translation>
        </message>
        <message>
            <source>check this computer's network and pip settings</source>
            <translation>请检查本机的网络和 pip 设置</translation>
        </message>
        <message>
            <source>{0} was installed on the board but does not start there</source>
            <translation>{0} 已装到板卡上，但在那里不能启动</translation>
        </message>
        <message>
            <source>install it on the board by hand</source>
            <translation>请在板卡上手动安装</translation>
        </message>
        <message>
            <source>no runtime is published for Python {0} on {1} with {2}</source>
            <translation>没有为 {1}（{2}）上的 Python {0} 发布的运行时</translation>
        </message>
        <message>
            <source>32-bit boards run TFLite alone: make the bundle with its twin (flyweight bundle --twin)</source>
            <translation>32 位板卡只能运行 TFLite：请带孪生文件制作包（flyweight bundle --twin）</translation>
        </message>
        <message>
            <source>use a 64-bit system with Python 3.8 to 3.13 on the board, or install a runtime there</source>
            <translation>请在板卡上使用 64 位系统和 Python 3.8 至 3.13，或在那里安装运行时</translation>
        </message>
        <message>
            <source>the board has no runtime that takes {0}</source>
            <translation>板卡上没有能用 {0} 的运行时</translation>
        </message>
        <message>
            <source>add the adapter of its vendor's runtime: flyweight device adapter add TARGET FILE</source>
            <translation>请添加厂商运行时的适配器：flyweight device adapter add TARGET FILE</translation>
        </message>
        <message>
            <source>{0} has neither value nor reason</source>
            <translation>{0} 既没有值也没有原因</translation>
        </message>
        <message>
            <source>{0} is {1} with the value {2}</source>
            <translation>{0} 为 {1}，值为 {2}</translation>
        </message>
        <message>
            <source>the board predicted with a slot that does not exist</source>
            <translation>板卡用一个不存在的槽位进行了预测</translation>
        </message>
        <message>
            <source>the board's clock runs {0} to {1} against this computer's</source>
            <translation>板卡的时钟与本机相比为 {0} 到 {1}</translation>
        </message>
        <message>
            <source>look at its kernel's log</source>
            <translation>请查看其内核日志</translation>
        </message>
        <message>
            <source>{0} bytes, a second time none</source>
            <translation>{0} 字节，第二次为零</translation>
        </message>
        <message>
            <source>{0} of {1} bytes arrived</source>
            <translation>{1} 字节中到达 {0} 字节</translation>
        </message>
        <message>
            <source>check the board's disk</source>
            <translation>请检查板卡的磁盘</translation>
        </message>
        <message>
            <source>golden outputs agree, top-1 {0}, {1}</source>
            <translation>黄金输出一致，top-1 {0}，{1}</translation>
        </message>
        <message>
            <source>golden outputs agree, top-1 {0},</source>
            <translation>黄金输出一致，top-1 {0}，</translation>
        </message>
        <message>
            <source>send the exported file with a bug report</source>
            <translation>请将导出的文件附在错误报告中</translation>
        </message>
        <message>
            <source>none yet; a deploy brings one</source>
            <translation>尚无；部署时会带上</translation>
        </message>
        <message>
            <source>{0} of {1} sensors tell a value, every unit is right</source>
            <translation>{1} 个传感器中有 {0} 个给出数值，单位全部正确</translation>
        </message>
        <message>
            <source>between {0} and {1} against this computer's</source>
            <translation>与本机相比在 {0} 与 {1} 之间</translation>
        </message>
        <message>
            <source>protocol {0}.{1} (this desktop {2}.{3}), Python {4}</source>
            <translation>协议 {0}.{1}（本机 {2}.{3}），Python {4}</translation>
        </message>
        <message>
            <source>not tried: link lost</source>
            <translation>未尝试：连接已断开</translation>
        </message>
        <message>
            <source>behind this address is another board now</source>
            <translation>这个地址后面现在是另一块板卡</translation>
        </message>
        <message>
            <source>see which one was added: flyweight device list</source>
            <translation>查看添加的是哪一块：flyweight device list</translation>
        </message>
        <message>
            <source>the connection to the board was lost</source>
            <translation>与板卡的连接中断</translation>
        </message>
        <message>
            <source>the data of the answer is out of step</source>
            <translation>应答数据的顺序不对</translation>
        </message>
        <message>
            <source>the answer announces {0} bytes of data</source>
            <translation>应答声明有 {0} 字节数据</translation>
        </message>
        <message>
            <source>the answer is neither event, reply nor error</source>
            <translation>应答既不是事件，也不是回复或错误</translation>
        </message>
        <message>
            <source>the answer belongs to another request</source>
            <translation>应答属于另一个请求</translation>
        </message>
        <message>
            <source>the agent ended: {0}</source>
            <translation>代理程序已结束：{0}</translation>
        </message>
        <message>
            <source>the agent ended</source>
            <translation>代理程序已结束</translation>
        </message>
        <message>
            <source>try again; if it stays: flyweight device doctor {0}</source>
            <translation>请重试；若仍如此：flyweight device doctor {0}</translation>
        </message>
        <message>
            <source>no agent answered: {0}</source>
            <translation>没有代理程序回答：{0}</translation>
        </message>
        <message>
            <source>no agent answered: it ended at once</source>
            <translation>没有代理程序回答：它立刻结束了</translation>
        </message>
        <message>
            <source>install it: flyweight device add NAME ADDRESS</source>
            <translation>请安装它：flyweight device add NAME ADDRESS</translation>
        </message>
        <message>
            <source>the board did not answer within {0} s</source>
            <translation>板卡在 {0} 秒内无响应</translation>
        </message>
        <message>
            <source>check the link, then try again</source>
            <translation>请检查连接，然后重试</translation>
        </message>
        <message>
            <source>the board let us in, then its agent did not answer within {0} s</source>
            <translation>板卡允许登录，但其代理程序在 {0} 秒内无响应</translation>
        </message>
        <message>
            <source>it is very busy, its card fails, or the link broke: see what runs there (ssh, then top), and try again</source>
            <translation>板卡很忙、存储卡有故障或连接中断：请查看那里在运行什么（ssh，然后 top），再重试</translation>
        </message>
        <message>
            <source>{0}: no answer (port {1})</source>
            <translation>{0}：无响应（端口 {1}）</translation>
        </message>
        <message>
            <source>check power, network and that SSH is switched on; flyweight device doctor {0} finds the step</source>
            <translation>请检查电源、网络以及 SSH 是否打开；flyweight device doctor {0} 可找出是哪一步</translation>
        </message>
        <message>
            <source>check the address, power, network and that SSH is switched on</source>
            <translation>请检查地址、电源、网络以及 SSH 是否打开</translation>
        </message>
        <message>
            <source>{0} does not resolve ({1})</source>
            <translation>无法解析 {0}（{1}）</translation>
        </message>
        <message>
            <source>is the board on and in this network? try its IP address</source>
            <translation>板卡是否开机并在此网络中？试试它的 IP 地址</translation>
        </message>
        <message>
            <source>the key that is pinned for {0} is {1}, not {2}</source>
            <translation>为 {0} 固定的密钥是 {1}，不是 {2}</translation>
        </message>
        <message>
            <source>if you re-flashed this board: flyweight device add {0} {1} --reflashed</source>
            <translation>如果你重刷了这块板卡：flyweight device add {0} {1} --reflashed</translation>
        </message>
        <message>
            <source>the connection is closed</source>
            <translation>连接已关闭</translation>
        </message>
        <message>
            <source>check the board's power and network, then give the same command again</source>
            <translation>请检查板卡的电源与网络，然后再次执行同一命令</translation>
        </message>
        <message>
            <source>SSH with {0} failed: {1}</source>
            <translation>与 {0} 的 SSH 失败：{1}</translation>
        </message>
        <message>
            <source>check with: ssh -v; is it an SSH server, and is it allowed to log in there?</source>
            <translation>请检查：ssh -v；它是 SSH 服务器吗，允许在那里登录吗？</translation>
        </message>
        <message>
            <source>{0} offers no algorithms that are safe: {1}</source>
            <translation>{0} 没有提供安全的算法：{1}</translation>
        </message>
        <message>
            <source>update the SSH server on the board: it needs AES-GCM or CTR and SHA-2</source>
            <translation>请更新板卡上的 SSH 服务器：它需要 AES-GCM 或 CTR 以及 SHA-2</translation>
        </message>
        <message>
            <source>{0} cannot reach {1}:{2}: {3}</source>
            <translation>{0} 无法到达 {1}:{2}：{3}</translation>
        </message>
        <message>
            <source>check ProxyJump in ~/.ssh/config</source>
            <translation>请检查 ~/.ssh/config 中的 ProxyJump</translation>
        </message>
        <message>
            <source>more than {0} jump hosts</source>
            <translation>跳板主机多于 {0} 个</translation>
        </message>
        <message>
            <source>shorten ProxyJump in ~/.ssh/config</source>
            <translation>请缩短 ~/.ssh/config 中的 ProxyJump</translation>
        </message>
        <message>
            <source>compare it on the board, then: {0}</source>
            <translation>请在板卡上比对，然后：{0}</translation>
        </message>
        <message>
            <source>connect to it by hand once and compare the key: ssh {0}</source>
            <translation>请手动连接一次并比对密钥：ssh {0}</translation>
        </message>
        <message>
            <source>the connection to the board was lost: {0}</source>
            <translation>与板卡的连接中断：{0}</translation>
        </message>
        <message>
            <source>try again; uploads go on where they stopped</source>
            <translation>请重试；上传会从中断处继续</translation>
        </message>
        <message>
            <source>ProxyCommand of {0} in ~/.ssh/config is not used; ProxyJump is</source>
            <translation>~/.ssh/config 中 {0} 的 ProxyCommand 不使用；ProxyJump 可用</translation>
        </message>
        <message>
            <source>~/.ssh/config was left out, it cannot be read: {0}</source>
            <translation>没有使用 ~/.ssh/config，它无法读取：{0}</translation>
        </message>
        <message>
            <source>allow login by key alone for this user on the board</source>
            <translation>请在板卡上允许此用户仅用密钥登录</translation>
        </message>
        <message>
            <source>the ssh agent does not answer: {0}</source>
            <translation>ssh 代理程序无响应：{0}</translation>
        </message>
        <message>
            <source>{0} is no private key that can be used here</source>
            <translation>{0} 不是此处可用的私钥</translation>
        </message>
        <message>
            <source>{0} is the public half of a key; the private one is {1}</source>
            <translation>{0} 是密钥的公开部分；私钥是 {1}</translation>
        </message>
        <message>
            <source>that passphrase does not open {0}</source>
            <translation>该口令打不开 {0}</translation>
        </message>
        <message>
            <source>try again, or: ssh-add FILE</source>
            <translation>请重试，或：ssh-add FILE</translation>
        </message>
        <message>
            <source>{0} refused the password of {1}</source>
            <translation>{0} 拒绝了 {1} 的密码</translation>
        </message>
        <message>
            <source>check user and password; many systems refuse passwords for root</source>
            <translation>请检查用户和密码；许多系统拒绝 root 用密码登录</translation>
        </message>
        <message>
            <source>{0} takes no passwords, only: {1}</source>
            <translation>{0} 不接受密码，只接受：{1}</translation>
        </message>
        <message>
            <source>log in with a key: --identity FILE</source>
            <translation>请用密钥登录：--identity FILE</translation>
        </message>
        <message>
            <source>{0} accepted none of {1} keys for user {2}</source>
            <translation>{0} 不接受用户 {2} 的 {1} 个密钥中的任何一个</translation>
        </message>
        <message>
            <source>no key to log in to {0} with</source>
            <translation>没有可用来登录 {0} 的密钥</translation>
        </message>
        <message>
            <source>try: ssh-copy-id {0}@{1} or give the right key: --identity FILE or log in by password once: --password</source>
            <translation>试试：ssh-copy-id {0}@{1}，或给出正确的密钥：--identity FILE，或用密码登录一次：--password</translation>
        </message>
        <message>
            <source>the key {0} is encrypted</source>
            <translation>密钥 {0} 已加密</translation>
        </message>
        <message>
            <source>add it to the ssh agent: ssh-add {0}</source>
            <translation>请把它加入 ssh 代理程序：ssh-add {0}</translation>
        </message>
        <message>
            <source>no answer within {0} s: {1}</source>
            <translation>{0} 秒内无响应：{1}</translation>
        </message>
        <message>
            <source>check power and network of the board, then try again</source>
            <translation>请检查板卡的电源和网络，然后重试</translation>
        </message>
        <message>
            <source>no space left on the disk</source>
            <translation>磁盘空间不足</translation>
        </message>
        <message>
            <source>no space left for this user (quota)</source>
            <translation>该用户的磁盘配额已用完</translation>
        </message>
        <message>
            <source>the disk cannot be written to, it is read-only</source>
            <translation>磁盘为只读，无法写入</translation>
        </message>
        <message>
            <source>no permission</source>
            <translation>没有权限</translation>
        </message>
        <message>
            <source>this name is too long for the disk</source>
            <translation>文件名过长</translation>
        </message>
        <message>
            <source>too many files are open</source>
            <translation>打开的文件过多</translation>
        </message>
        <message>
            <source>the disk reports errors</source>
            <translation>磁盘报告读写错误</translation>
        </message>
        <message>
            <source>free some space, or choose another place: --project DIR, TMPDIR</source>
            <translation>请清理磁盘空间，或换一个位置：--project DIR、TMPDIR</translation>
        </message>
        <message>
            <source>choose a project folder that can be written: --project DIR</source>
            <translation>请选择可写的项目文件夹：--project DIR</translation>
        </message>
        <message>
            <source>check the permissions, or choose another project folder: --project DIR</source>
            <translation>请检查权限，或换一个项目文件夹：--project DIR</translation>
        </message>
        <message>
            <source>give a shorter name</source>
            <translation>请使用较短的名称</translation>
        </message>
        <message>
            <source>raise the limit of open files: ulimit -n 4096</source>
            <translation>请提高打开文件数上限：ulimit -n 4096</translation>
        </message>
        <message>
            <source>check the disk before you go on</source>
            <translation>继续之前请先检查磁盘</translation>
        </message>
        <message>
            <source>the model's outputs of shapes {0} are no boxes with scores</source>
            <translation>模型的输出形状 {0} 不是带得分的框</translation>
        </message>
        <message>
            <source>export {0}, and declare 'classes' and 'boxes' ({1}) with the data</source>
            <translation>请导出 {0}，并随数据声明 'classes' 和 'boxes'（{1}）</translation>
        </message>
        <message>
            <source>the labels have classes {0} to {1}, the model has {2}</source>
            <translation>标签的类别为 {0} 到 {1}，模型有 {2} 个</translation>
        </message>
        <message>
            <source>use data with boxes of the model's own classes, numbered from 0</source>
            <translation>请使用模型自身类别的框数据，从 0 编号</translation>
        </message>
        <message>
            <source>outputs of shape {0} and {1} cannot be compared</source>
            <translation>形状为 {0} 和 {1} 的输出无法比较</translation>
        </message>
        <message>
            <source>compare models with the same outputs on the same samples</source>
            <translation>请比较在相同样本上输出相同的模型</translation>
        </message>
        <message>
            <source>the data '{0}' ({1}) has no metric '{2}'</source>
            <translation>数据“{0}”（{1}）没有指标“{2}”</translation>
        </message>
        <message>
            <source>without data nothing has a {0}</source>
            <translation>没有数据就没有 {0}</translation>
        </message>
        <message>
            <source>give --data, or leave --metric</source>
            <translation>请给出 --data，或去掉 --metric</translation>
        </message>
        <message>
            <source>the shape of its output is not known</source>
            <translation>它的输出形状未知</translation>
        </message>
        <message>
            <source>its factors are added up</source>
            <translation>其各因子相加</translation>
        </message>
        <message>
            <source>its output changed from {0} to {1}</source>
            <translation>它的输出由 {0} 变为 {1}</translation>
        </message>
        <message>
            <source>the layer is gone: removed, folded into another, or split into several</source>
            <translation>该层已不存在：被移除、合并到另一层，或拆成几层</translation>
        </message>
        <message>
            <source>{0} samples of the original and {1} of the variant cannot be paired</source>
            <translation>原模型的 {0} 个样本与变体的 {1} 个样本无法配对</translation>
        </message>
        <message>
            <source>evaluate both on the same split with as many samples</source>
            <translation>请在同一部分数据上用同样多的样本评估两者</translation>
        </message>
        <message>
            <source>{0} left an output that is no array of {1} rows</source>
            <translation>{0} 留下的输出不是 {1} 行的数组</translation>
        </message>
        <message>
            <source>check the model</source>
            <translation>请检查模型</translation>
        </message>
        <message>
            <source>{0} left no readable output: {1}</source>
            <translation>{0} 没有留下可读的输出：{1}</translation>
        </message>
        <message>
            <source>the samples differ in shape or type</source>
            <translation>样本的形状或类型不同</translation>
        </message>
        <message>
            <source>bring them to one size first</source>
            <translation>请先统一大小</translation>
        </message>
        <message>
            <source>there is no sample to predict on</source>
            <translation>没有可预测的样本</translation>
        </message>
        <message>
            <source>choose a split that has samples</source>
            <translation>请选择有样本的部分</translation>
        </message>
        <message>
            <source>{0} is not there</source>
            <translation>{0} 不存在</translation>
        </message>
        <message>
            <source>name a model file that exists</source>
            <translation>请指定存在的模型文件</translation>
        </message>
        <message>
            <source>evaluate its ONNX or TFLite form</source>
            <translation>请评估它的 ONNX 或 TFLite 形式</translation>
        </message>
        <message>
            <source>the original answers {0} right: if it did better where it was trained, say in {1} of {2} how images were prepared there (mean and std of values from 0 to 1, resize, size, colour), and name the folders so that their order is that of its classes</source>
            <translation>原模型只答对 {0}：如果它在训练处表现更好，请在 {2} 的 {1} 中写明那里如何准备图像（0 到 1 取值的 mean 和 std、resize、size、colour），并给文件夹命名，使其顺序与模型的类别顺序一致</translation>
        </message>
        <message>
            <source>the model gives {0} value(s) per sample, the data {1}</source>
            <translation>模型每个样本给出 {0} 个值，数据给出 {1} 个</translation>
        </message>
        <message>
            <source>use data with as many numbers per sample as the model gives</source>
            <translation>请使用每个样本的数值个数与模型一致的数据</translation>
        </message>
        <message>
            <source>attacks need one input of real numbers</source>
            <translation>攻击需要一个实数输入</translation>
        </message>
        <message>
            <source>leave the attacks out</source>
            <translation>不做攻击测试</translation>
        </message>
        <message>
            <source>'{0}' has no labelled samples in split '{1}'</source>
            <translation>“{0}”的“{1}”部分没有带标签的样本</translation>
        </message>
        <message>
            <source>sample {0} of '{1}' was changed in memory</source>
            <translation>“{1}”的样本 {0} 在内存中被改动</translation>
        </message>
        <message>
            <source>use the data itself</source>
            <translation>请使用原始数据</translation>
        </message>
        <message>
            <source>{0} fails on this data: {1}</source>
            <translation>{0} 在这些数据上失败：{1}</translation>
        </message>
        <message>
            <source>check that the data is what the model takes: value ranges, types and sizes</source>
            <translation>请检查数据是否符合模型：取值范围、类型和大小</translation>
        </message>
        <message>
            <source>the data has {0} input(s), the model takes {1}</source>
            <translation>数据有 {0} 个输入，模型需要 {1} 个</translation>
        </message>
        <message>
            <source>give an .npz with one array per model input, named like the inputs</source>
            <translation>请给出 .npz，每个模型输入一个数组，名称与输入相同</translation>
        </message>
        <message>
            <source>the model answers {0} samples with an output of shape {1}</source>
            <translation>模型对 {0} 个样本给出形状为 {1} 的输出</translation>
        </message>
        <message>
            <source>export the model with the batch as the first axis of every output</source>
            <translation>请把批次作为每个输出的第一个轴导出模型</translation>
        </message>
        <message>
            <source>{0} is no complete TFLite file: {1}</source>
            <translation>{0} 不是完整的 TFLite 文件：{1}</translation>
        </message>
        <message>
            <source>convert the model again</source>
            <translation>请重新转换模型</translation>
        </message>
        <message>
            <source>'{0}' is a {1}; only tensors of numbers are run</source>
            <translation>“{0}”是{1}；只能运行数字张量</translation>
        </message>
        <message>
            <source>export the model with tensors of numbers as inputs and outputs</source>
            <translation>请以数字张量作为输入和输出导出模型</translation>
        </message>
        <message>
            <source>the model's input '{0}' takes {1}, the data gives {2}</source>
            <translation>模型的输入“{0}”需要 {1}，数据给出 {2}</translation>
        </message>
        <message>
            <source>give the data as an .npz with {0} arrays</source>
            <translation>请以 {0} 数组的 .npz 给出数据</translation>
        </message>
        <message>
            <source>the model's output of shape {0} is no list of classes</source>
            <translation>模型的输出形状 {0} 不是类别列表</translation>
        </message>
        <message>
            <source>evaluate without labels (fidelity), or use a classification model</source>
            <translation>请不带标签评估（保真度），或使用分类模型</translation>
        </message>
        <message>
            <source>the data '{0}' has label {1}, the model has {2} classes</source>
            <translation>数据“{0}”有标签 {1}，模型有 {2} 个类别</translation>
        </message>
        <message>
            <source>the model gives one number: where the labels are numbers too, give --task regression</source>
            <translation>模型只输出一个数：如果标签也是数值，请给出 --task regression</translation>
        </message>
        <message>
            <source>use data with the model's own classes, numbered from 0</source>
            <translation>请使用模型自身类别的数据，从 0 编号</translation>
        </message>
        <message>
            <source>the data '{0}' has no samples in split '{1}'</source>
            <translation>数据“{0}”在“{1}”部分没有样本</translation>
        </message>
        <message>
            <source>choose another split</source>
            <translation>请选择其他部分</translation>
        </message>
        <message>
            <source>the model's output of shape {0} is no map of {1} x {2} pixels</source>
            <translation>模型的输出形状 {0} 不是 {1} x {2} 像素的图</translation>
        </message>
        <message>
            <source>export the model with its upsampling, and give labels of its output's size</source>
            <translation>请连同上采样导出模型，并给出与输出大小一致的标签</translation>
        </message>
        <message>
            <source>the labels have class {0}, the model has {1} classes</source>
            <translation>标签有类别 {0}，模型有 {1} 个类别</translation>
        </message>
        <message>
            <source>the model's output of shape {0} is no sequence of symbols</source>
            <translation>模型的输出形状 {0} 不是符号序列</translation>
        </message>
        <message>
            <source>export scores of shape [n, steps, symbols] or whole numbers of shape [n, steps]</source>
            <translation>请导出形状为 [n, steps, symbols] 的得分，或形状为 [n, steps] 的整数</translation>
        </message>
        <message>
            <source>size: the file grew from {0} to {1} bytes: {2}</source>
            <translation>大小：文件从 {0} 字节增大到 {1} 字节：{2}</translation>
        </message>
        <message>
            <source>it has {0} operators instead of {1}, and what describes them takes more than was saved</source>
            <translation>它有 {0} 个算子，而不是 {1} 个，描述这些算子所占的空间超过了节省的空间</translation>
        </message>
        <message>
            <source>what describes its operators takes more than was saved</source>
            <translation>描述其算子的内容比省下的还多</translation>
        </message>
        <message>
            <source>the model is so small that scales and the nodes that convert take more than narrow weights save</source>
            <translation>模型太小，缩放系数和转换节点所占的空间超过了窄位宽权重节省的空间</translation>
        </message>
        <message>
            <source>it has {0} parameters instead of {1}</source>
            <translation>它有 {0} 个参数，而不是 {1} 个</translation>
        </message>
        <message>
            <source>most of its layers move more memory than they compute with (memory-bound at one sample at a time)</source>
            <translation>它的大多数层搬运内存多于计算（一次一个样本时受内存限制）</translation>
        </message>
        <message>
            <source>it is so small that starting its {0} operators takes longer than computing them</source>
            <translation>它太小，启动 {0} 个算子比计算它们更费时</translation>
        </message>
        <message>
            <source>{0} of the rest are in layers whose channels are no multiple of {1}, the kernels' step: {2}</source>
            <translation>其余的 {0} 在通道数不是 {1}（内核步长）倍数的层中：{2}</translation>
        </message>
        <message>
            <source>speed: no fewer MACs: every layer computes as much as before</source>
            <translation>速度：乘加没有减少：每层的计算量与之前相同</translation>
        </message>
        <message>
            <source>speed: no fewer MACs: {0}</source>
            <translation>速度：乘加没有减少：{0}</translation>
        </message>
        <message>
            <source>speed: no fewer MACs: {0} of the weights are zero, and dense kernels multiply zeros, too</source>
            <translation>速度：乘加没有减少：{0} 的权重为零，而稠密内核也会乘零</translation>
        </message>
        <message>
            <source>speed: no fewer MACs: weights are unpacked to float before they are used, so the file is smaller, not faster</source>
            <translation>速度：乘加没有减少：权重在使用前解包为浮点，因此文件更小，但不会更快</translation>
        </message>
        <message>
            <source>speed: {0} more MACs: the parts that layers were split into compute more than the layers did</source>
            <translation>速度：乘加多了 {0}：各层拆成的部分比原来的层计算得更多</translation>
        </message>
        <message>
            <source>{0} operators instead of {1}, and each of them has to be started</source>
            <translation>算子由 {1} 个变为 {0} 个，每个都要启动</translation>
        </message>
        <message>
            <source>the same job already runs as process {0}</source>
            <translation>同样的任务已作为进程 {0} 运行</translation>
        </message>
        <message>
            <source>wait for it, or stop it with: kill {0}</source>
            <translation>请等它完成，或停止它：kill {0}</translation>
        </message>
        <message>
            <source>the board rejects the model: {0}</source>
            <translation>板卡拒绝该模型：{0}</translation>
        </message>
        <message>
            <source>{0} takes {1} samples at once</source>
            <translation>{0} 一次需要 {1} 个样本</translation>
        </message>
        <message>
            <source>export it with a free batch axis</source>
            <translation>请以自由的批次轴导出</translation>
        </message>
        <message>
            <source>the agent of this board cannot answer samples</source>
            <translation>这块板卡的代理程序不能回答样本</translation>
        </message>
        <message>
            <source>the board's answers are longer than it says</source>
            <translation>板卡的应答比它声明的长</translation>
        </message>
        <message>
            <source>the board's answers are shorter than it says</source>
            <translation>板卡的应答比它声明的短</translation>
        </message>
        <message>
            <source>the board's answers are no numbers, or not one for each sample</source>
            <translation>板卡的应答不是数字，或并非每个样本一个</translation>
        </message>
        <message>
            <source>the board gives {0} outputs, the model has {1}</source>
            <translation>板卡给出 {0} 个输出，而模型有 {1} 个</translation>
        </message>
        <message>
            <source>{0} made too few runs beside {1} to tell how fast it was ({2})</source>
            <translation>{0} 与 {1} 同时运行的次数太少，无法判断其速度（{2}）</translation>
        </message>
        <message>
            <source>the runs of {0} do not fit together in time</source>
            <translation>{0} 的各次运行在时间上对不上</translation>
        </message>
        <message>
            <source>the answer tells of other models beside than the plan has</source>
            <translation>应答中的同时运行模型与计划不符</translation>
        </message>
        <message>
            <source>{0} of {1} within the limits: {2}</source>
            <translation>限制内的 {1} 个中 {0}：{2}</translation>
        </message>
        <message>
            <source>the only one within the limits: {0}</source>
            <translation>唯一在限制内的：{0}</translation>
        </message>
        <message>
            <source>{0}x the speed of the original, measured side by side</source>
            <translation>速度为原模型的 {0} 倍（并排实测）</translation>
        </message>
        <message>
            <source>as good as {0} in all that counts</source>
            <translation>在所有相关方面与 {0} 相当</translation>
        </message>
        <message>
            <source>as good as {0} in that, but {1}</source>
            <translation>在这方面与 {0} 相当，但 {1}</translation>
        </message>
        <message>
            <source>accuracy loss</source>
            <translation>准确率损失</translation>
        </message>
        <message>
            <source>{0} is {1}, the limit is {2} {3}</source>
            <translation>{0}为 {1}，限制为 {2} {3}</translation>
        </message>
        <message>
            <source>{0} is unknown, the limit is {1} {2}</source>
            <translation>{0}未知，限制为 {1} {2}</translation>
        </message>
        <message>
            <source>estimated at {0} ms, the limit is {1}</source>
            <translation>估计 {0} ms，上限为 {1}</translation>
        </message>
        <message>
            <source>estimated at {0} bytes, the limit is {1}</source>
            <translation>估计 {0} 字节，上限为 {1}</translation>
        </message>
        <message>
            <source>{0} W at rest and {1} W under load cannot be</source>
            <translation>静止 {0} W 与负载 {1} W 不可能同时成立</translation>
        </message>
        <message>
            <source>give rest first, then load</source>
            <translation>请先写静止，再写负载</translation>
        </message>
        <message>
            <source>'{0}' is no pair of watts</source>
            <translation>“{0}”不是一对瓦数</translation>
        </message>
        <message>
            <source>write what the meter shows at rest and under load: 2.7:4.1 (wall), or 2.7:4.1@{0}</source>
            <translation>请写功率计在静止和负载时的读数：2.7:4.1（插座处），或 2.7:4.1@{0}</translation>
        </message>
        <message>
            <source>the work hardly shows in the power: the dynamic energy is not surely above zero</source>
            <translation>功率中几乎看不出这项工作：动态能耗不能确定大于零</translation>
        </message>
        <message>
            <source>energy of {0} rejected: {1}</source>
            <translation>{0} 的能耗不可信：{1}</translation>
        </message>
        <message>
            <source>the power sensor stands still</source>
            <translation>功率传感器没有变化</translation>
        </message>
        <message>
            <source>the power has a gap of {0} s</source>
            <translation>功率有 {0} 秒的空缺</translation>
        </message>
        <message>
            <source>the power was not sampled over the whole run</source>
            <translation>功率没有覆盖整个运行</translation>
        </message>
        <message>
            <source>{0} samples of power in {1} s are too few</source>
            <translation>{1} 秒内只有 {0} 个功率样本，太少</translation>
        </message>
        <message>
            <source>a power that cannot be true</source>
            <translation>功率值不可能为真</translation>
        </message>
        <message>
            <source>the stamps of the power run backwards</source>
            <translation>功率的时间戳倒退</translation>
        </message>
        <message>
            <source>times and values of the power do not fit together</source>
            <translation>功率的时间与数值对不上</translation>
        </message>
        <message>
            <source>latency (upper end)</source>
            <translation>延迟（上界）</translation>
        </message>
        <message>
            <source>'{0}' is no limit</source>
            <translation>“{0}”不是限制</translation>
        </message>
        <message>
            <source>write BOARD=MS or [BOARD:]NAME=NUMBER with one of: {0}; for example --limit raspberry-pi-4:memory_mb=120</source>
            <translation>请写成 BOARD=MS 或 [BOARD:]NAME=NUMBER，可用：{0}；例如 --limit raspberry-pi-4:memory_mb=120</translation>
        </message>
        <message>
            <source>write NAME&lt;=NUMBER with one of: {0}</source>
            <translation>请写成 NAME&lt;=NUMBER，可用：{0}</translation>
        </message>
        <message>
            <source>{0} is {1} {2} of {3}</source>
            <translation>{0}为 {1} {2}，限 {3}</translation>
        </message>
        <message>
            <source>{0} is {1} {2}, {3} over the limit of {4}</source>
            <translation>{0}为 {1} {2}，超出限制 {4} 达 {3}</translation>
        </message>
        <message>
            <source>{0} is not known, the limit is {1} {2}</source>
            <translation>{0}未知，限制为 {1} {2}</translation>
        </message>
        <message>
            <source>the counter of energy began anew</source>
            <translation>能量计数器重新开始了</translation>
        </message>
        <message>
            <source>it shows between two looks; this was the first</source>
            <translation>它要看两次之间的变化；这是第一次</translation>
        </message>
        <message>
            <source>the pipeline's outputs are {0} away from the model's</source>
            <translation>流水线的输出与模型相差 {0}</translation>
        </message>
        <message>
            <source>ask for another number of stages</source>
            <translation>请换一个级数</translation>
        </message>
        <message>
            <source>the pipeline yields more than one core and more than threads on the same cores</source>
            <translation>流水线的吞吐量高于单核，也高于相同核数的多线程</translation>
        </message>
        <message>
            <source>the pipeline yields no clear gain over {0}</source>
            <translation>流水线与{0}相比没有明显提升</translation>
        </message>
        <message>
            <source>the pipeline yields less than {0}</source>
            <translation>流水线的吞吐量低于{0}</translation>
        </message>
        <message>
            <source>{0} stages share {1} cores, so no more can be gained than by threads</source>
            <translation>{0} 级共用 {1} 个核，因此不会比多线程更快</translation>
        </message>
        <message>
            <source>nothing ran on {0}: {1}</source>
            <translation>{0} 上没有运行任何东西：{1}</translation>
        </message>
        <message>
            <source>only {0} rounds fitted into the time limit; a comparison needs {1}</source>
            <translation>时间限制内只做了 {0} 轮；比较需要 {1} 轮</translation>
        </message>
        <message>
            <source>the board does not tell whether the service runs again</source>
            <translation>板卡没有说明服务是否已恢复运行</translation>
        </message>
        <message>
            <source>an earlier attempt: {0}</source>
            <translation>上一次尝试：{0}</translation>
        </message>
        <message>
            <source>{0}: {1}; measuring again</source>
            <translation>{0}：{1}；重新测量</translation>
        </message>
        <message>
            <source>{0} does not answer with a power</source>
            <translation>{0} 没有给出功率</translation>
        </message>
        <message>
            <source>check the address, and that the plug measures and asks for no password</source>
            <translation>请检查地址，以及插座会测量且不要求密码</translation>
        </message>
        <message>
            <source>'{0}' is no plug</source>
            <translation>“{0}”不是插座</translation>
        </message>
        <message>
            <source>write it as one of: {0}</source>
            <translation>请写成其中之一：{0}</translation>
        </message>
        <message>
            <source>the board throttled</source>
            <translation>板卡降频了</translation>
        </message>
        <message>
            <source>memory was swapped</source>
            <translation>内存发生了交换</translation>
        </message>
        <message>
            <source>at least 5 % of the processor time was taken by other machines on this host</source>
            <translation>处理器时间至少有 5 % 被同一主机上的其他机器占用</translation>
        </message>
        <message>
            <source>a sensor that tells of disturbances fell silent</source>
            <translation>反映干扰的传感器没有了读数</translation>
        </message>
        <message>
            <source>{0} of {1} rounds were disturbed and left out: {2}</source>
            <translation>{1} 轮中有 {0} 轮受干扰而被略去：{2}</translation>
        </message>
        <message>
            <source>took {0} of a processor itself</source>
            <translation>自身占用了处理器的 {0}</translation>
        </message>
        <message>
            <source>the same work took {0} times as long after the run</source>
            <translation>运行后同样的工作用时为之前的 {0} 倍</translation>
        </message>
        <message>
            <source>{0} C at the start</source>
            <translation>开始时 {0} ℃</translation>
        </message>
        <message>
            <source>{0} MB available</source>
            <translation>可用 {0} MB</translation>
        </message>
        <message>
            <source>{0} on {1} processors</source>
            <translation>{1} 个处理器上负载 {0}</translation>
        </message>
        <message>
            <source>the warm-up ended before the latency was steady</source>
            <translation>延迟稳定之前预热就结束了</translation>
        </message>
        <message>
            <source>during the run {0}</source>
            <translation>运行期间：{0}</translation>
        </message>
        <message>
            <source>{0} of the processor time was taken by other machines on this host</source>
            <translation>{0} 的处理器时间被同一主机上的其他机器占用</translation>
        </message>
        <message>
            <source>contended: the model had {0} of the processor time of its threads</source>
            <translation>争用：模型只得到其线程 {0} 的处理器时间</translation>
        </message>
        <message>
            <source>up to {0} queries waited: the rate is above what the board can serve</source>
            <translation>最多有 {0} 个请求在等待：速率超过板卡的处理能力</translation>
        </message>
        <message>
            <source>{0} of {1} frames were dropped: the board cannot keep up</source>
            <translation>{1} 帧中丢弃了 {0} 帧：板卡跟不上</translation>
        </message>
        <message>
            <source>the queries came faster than they were scheduled</source>
            <translation>请求来得比计划的快</translation>
        </message>
        <message>
            <source>{0} queries overlap the one before: waiting was left out (coordinated omission)</source>
            <translation>{0} 个查询与前一个重叠：等待时间被略去（协同遗漏）</translation>
        </message>
        <message>
            <source>the board made {0} queries, fewer than the rate asks for</source>
            <translation>板卡只执行了 {0} 个查询，少于所要求的速率</translation>
        </message>
        <message>
            <source>the board started anew during the run</source>
            <translation>运行期间板卡重新启动了</translation>
        </message>
        <message>
            <source>the board throttled during the run</source>
            <translation>运行期间板卡降频了</translation>
        </message>
        <message>
            <source>more processor time than {0} processors have</source>
            <translation>处理器时间超过 {0} 个处理器所能提供的</translation>
        </message>
        <message>
            <source>the clock stood still: nearly all runs took exactly the same time</source>
            <translation>时钟停住了：几乎每次运行用时完全相同</translation>
        </message>
        <message>
            <source>the run was shorter than its rests: the board was not cold</source>
            <translation>运行时间比各次静置的总和还短：板卡并未冷却</translation>
        </message>
        <message>
            <source>the queries together took longer than the run</source>
            <translation>全部请求用时超过运行时间</translation>
        </message>
        <message>
            <source>a query's parts took longer than the query: the latency does not count from when it was due</source>
            <translation>请求各部分用时超过请求本身：延迟不是从到期时算起</translation>
        </message>
        <message>
            <source>the board reports queries that took no time, or less</source>
            <translation>板卡报告有请求耗时为零或为负</translation>
        </message>
        <message>
            <source>the board announced {0} queries and sent other data</source>
            <translation>板卡声明有 {0} 个请求，发送的数据却不符</translation>
        </message>
        <message>
            <source>the table cannot be unpacked: {0}</source>
            <translation>无法解开表格：{0}</translation>
        </message>
        <message>
            <source>the board announces a table of {0} columns</source>
            <translation>板卡声明的表格有 {0} 列</translation>
        </message>
        <message>
            <source>the board announces {0} queries</source>
            <translation>板卡声明有 {0} 个请求</translation>
        </message>
        <message>
            <source>{0}: the board's bursts are not whole</source>
            <translation>{0}：板卡返回的突发不完整</translation>
        </message>
        <message>
            <source>{0}: no query was served</source>
            <translation>{0}：没有处理任何请求</translation>
        </message>
        <message>
            <source>lower the rate</source>
            <translation>请降低速率</translation>
        </message>
        <message>
            <source>the answer does not belong to this board</source>
            <translation>答复不属于这块板卡</translation>
        </message>
        <message>
            <source>the agent of this board cannot pause a service</source>
            <translation>这块板卡的代理程序不能暂停服务</translation>
        </message>
        <message>
            <source>what is paused must be resumed</source>
            <translation>暂停的必须能恢复</translation>
        </message>
        <message>
            <source>give both --before CMD and --after CMD</source>
            <translation>请同时给出 --before CMD 和 --after CMD</translation>
        </message>
        <message>
            <source>the command cannot be read: {0}</source>
            <translation>无法读取命令：{0}</translation>
        </message>
        <message>
            <source>close its quotes</source>
            <translation>请补全引号</translation>
        </message>
        <message>
            <source>difference below noise</source>
            <translation>差异低于噪声</translation>
        </message>
        <message>
            <source>with the call itself</source>
            <translation>包括调用本身</translation>
        </message>
        <message>
            <source>{0} cuts of {1}, interleaved</source>
            <translation>{1} 的 {0} 个切分，交错进行</translation>
        </message>
        <message>
            <source>the agent there cannot time parts of TFLite models</source>
            <translation>那里的代理程序不能为 TFLite 模型的部分计时</translation>
        </message>
        <message>
            <source>stopped at the time limit before the interval was as narrow as asked</source>
            <translation>区间达到要求的宽度之前已到时间限制</translation>
        </message>
        <message>
            <source>the model became {0} slower from the beginning to the end of the run: heat or other load</source>
            <translation>从运行开始到结束，模型慢了 {0}：发热或其他负载</translation>
        </message>
        <message>
            <source>more memory than the board has, or less than none</source>
            <translation>内存超过板卡所有的，或为负</translation>
        </message>
        <message>
            <source>loading or the first run took no time</source>
            <translation>加载或首次运行没有用时</translation>
        </message>
        <message>
            <source>the runs fill only {0} of their blocks: their unit or clock is wrong</source>
            <translation>各次运行只占块的 {0}：单位或时钟有误</translation>
        </message>
        <message>
            <source>the runs of {0} blocks together took longer than their block</source>
            <translation>{0} 块中各次运行的总时间超过所在的块</translation>
        </message>
        <message>
            <source>{0}: the blocks do not account for every sample</source>
            <translation>{0}：各块不能对应每个样本</translation>
        </message>
        <message>
            <source>{0}: the board reports runs that took no time</source>
            <translation>{0}：板卡报告的运行没有用时</translation>
        </message>
        <message>
            <source>the blocks of the run do not fit together in time</source>
            <translation>运行的各块在时间上不吻合</translation>
        </message>
        <message>
            <source>the board could not measure {0}</source>
            <translation>板卡无法测量 {0}</translation>
        </message>
        <message>
            <source>see what the board lacks with: flyweight device selftest TARGET; or leave this model out</source>
            <translation>查看该板缺少什么：flyweight device selftest TARGET；或不测量此模型</translation>
        </message>
        <message>
            <source>the answer does not belong to this plan</source>
            <translation>答复不属于这个计划</translation>
        </message>
        <message>
            <source>the board announced {0} samples and sent other data ({1} bytes)</source>
            <translation>板卡声明有 {0} 个样本，发送的数据却不符（{1} 字节）</translation>
        </message>
        <message>
            <source>the samples cannot be unpacked: {0}</source>
            <translation>无法解开样本：{0}</translation>
        </message>
        <message>
            <source>the board announces {0} samples</source>
            <translation>板卡声明有 {0} 个样本</translation>
        </message>
        <message>
            <source>{0} cannot be processed: {1}</source>
            <translation>无法处理 {0}：{1}</translation>
        </message>
        <message>
            <source>{0} crashed the program that read it ({1}, while: {2})</source>
            <translation>{0} 使读取它的程序崩溃（{1}，正在：{2}）</translation>
        </message>
        <message>
            <source>the file is damaged or hostile; export the model again</source>
            <translation>文件损坏或有恶意；请重新导出模型</translation>
        </message>
        <message>
            <source>{0} tried to write a file beyond the limit</source>
            <translation>{0} 试图写出超过限制的文件</translation>
        </message>
        <message>
            <source>use a smaller model</source>
            <translation>请使用更小的模型</translation>
        </message>
        <message>
            <source>{0} did not finish within {1} s (while: {2})</source>
            <translation>{0} 没有在 {1} 秒内完成（正在：{2}）</translation>
        </message>
        <message>
            <source>the model may contain an endless loop; if it is just large, use a smaller one</source>
            <translation>模型可能有死循环；如果只是太大，请用更小的</translation>
        </message>
        <message>
            <source>{0} needs more memory than the limit of {1}</source>
            <translation>{0} 需要的内存超过限制 {1}</translation>
        </message>
        <message>
            <source>use a smaller or repaired model</source>
            <translation>请使用更小或修复过的模型</translation>
        </message>
        <message>
            <source>check that the file is complete and of the format its name says</source>
            <translation>请检查文件是否完整，且与其名称的格式一致</translation>
        </message>
        <message>
            <source>{0} gave an answer beyond the limit</source>
            <translation>{0} 给出的答复超出限制</translation>
        </message>
        <message>
            <source>the type of {0} at a border is not known</source>
            <translation>边界处 {0} 的类型未知</translation>
        </message>
        <message>
            <source>ask for fewer stages</source>
            <translation>请减少段数</translation>
        </message>
        <message>
            <source>the model has {0} layers that compute, which make no {1} stages</source>
            <translation>模型有 {0} 个计算层，分不成 {1} 段</translation>
        </message>
        <message>
            <source>a single number</source>
            <translation>单个数字</translation>
        </message>
        <message>
            <source>the data '{0}' gives {1} for input '{2}', the model takes {3}</source>
            <translation>数据“{0}”为输入“{2}”给出 {1}，模型需要 {3}</translation>
        </message>
        <message>
            <source>use data of the model's input size, or a folder of images, which is resized to it</source>
            <translation>请使用与模型输入大小一致的数据，或图像文件夹（会自动缩放）</translation>
        </message>
        <message>
            <source>the data '{0}' has {1} input(s) and the model takes {2}</source>
            <translation>数据“{0}”有 {1} 个输入，模型需要 {2} 个</translation>
        </message>
        <message>
            <source>{0} is not a format data is read from</source>
            <translation>{0} 不是可读取数据的格式</translation>
        </message>
        <message>
            <source>convert it to .npz (x, y) or .csv</source>
            <translation>请转换为 .npz（x, y）或 .csv</translation>
        </message>
        <message>
            <source>there is no data set, file or folder '{0}'</source>
            <translation>没有数据集、文件或文件夹“{0}”</translation>
        </message>
        <message>
            <source>give fashion-mnist, digits, a folder of class sub-folders, an .npz, a .csv, or module:factory</source>
            <translation>请给出 fashion-mnist、digits、按类别分子文件夹的文件夹、.npz、.csv 或 module:factory</translation>
        </message>
        <message>
            <source>the data '{0}' is for {1}</source>
            <translation>数据“{0}”用于{1}</translation>
        </message>
        <message>
            <source>leave out --task {0}</source>
            <translation>请去掉 --task {0}</translation>
        </message>
        <message>
            <source>split '{0}' of '{1}' has {2} samples, none at {3}</source>
            <translation>“{1}”的“{0}”部分有 {2} 个样本，在 {3} 处没有</translation>
        </message>
        <message>
            <source>use a smaller number</source>
            <translation>请使用更小的数</translation>
        </message>
        <message>
            <source>a batch of {0} samples is not possible</source>
            <translation>批次不能是 {0} 个样本</translation>
        </message>
        <message>
            <source>use a batch size of 1 or more</source>
            <translation>请使用 1 或更大的批次</translation>
        </message>
        <message>
            <source>digits come with scikit-learn</source>
            <translation>digits 随 scikit-learn 提供</translation>
        </message>
        <message>
            <source>pip install scikit-learn</source>
            <translation>pip install scikit-learn</translation>
        </message>
        <message>
            <source>'{0}' gives items of type {1}, not numbers</source>
            <translation>“{0}”给出的条目类型为 {1}，不是数字</translation>
        </message>
        <message>
            <source>return a torch Dataset whose items are (input, class number), a DataLoader of it, or (train, test)</source>
            <translation>请返回条目为（输入，类别号）的 torch Dataset、其 DataLoader，或（train, test）</translation>
        </message>
        <message>
            <source>'{0}' returned {1} without items</source>
            <translation>“{0}”返回的 {1} 没有条目</translation>
        </message>
        <message>
            <source>item {0} of '{1}' fails: {2}: {3}</source>
            <translation>“{1}”的第 {0} 个条目失败：{2}：{3}</translation>
        </message>
        <message>
            <source>labels of '{0}' differ in shape: {1}</source>
            <translation>“{0}”的标签形状不同：{1}</translation>
        </message>
        <message>
            <source>items of '{0}' differ in shape: {1}</source>
            <translation>“{0}”的条目形状不同：{1}</translation>
        </message>
        <message>
            <source>install flyweight-studio again</source>
            <translation>请重新安装 flyweight-studio</translation>
        </message>
        <message>
            <source>{0} does not hold the four idx files</source>
            <translation>{0} 中没有那四个 idx 文件</translation>
        </message>
        <message>
            <source>give a folder that does, or 'fashion-mnist'</source>
            <translation>请给出含有它们的文件夹，或“fashion-mnist”</translation>
        </message>
        <message>
            <source>replace or remove the file</source>
            <translation>请替换或移除该文件</translation>
        </message>
        <message>
            <source>it has more than 64 million pixels</source>
            <translation>超过 6400 万像素</translation>
        </message>
        <message>
            <source>the file is larger than 64 MiB</source>
            <translation>文件大于 64 MiB</translation>
        </message>
        <message>
            <source>images do not fit the model's input of {0} axes</source>
            <translation>图像不适合模型的 {0} 轴输入</translation>
        </message>
        <message>
            <source>give data of that shape as .npz</source>
            <translation>请以 .npz 给出该形状的数据</translation>
        </message>
        <message>
            <source>{0} has unknown keys</source>
            <translation>{0} 有未知的键</translation>
        </message>
        <message>
            <source>use the keys {0}</source>
            <translation>请使用这些键：{0}</translation>
        </message>
        <message>
            <source>{0} is not JSON: {1}</source>
            <translation>{0} 不是 JSON：{1}</translation>
        </message>
        <message>
            <source>{0} holds no class sub-folders with images ({1})</source>
            <translation>{0} 中没有含图像的类别子文件夹（{1}）</translation>
        </message>
        <message>
            <source>put the images of each class into a sub-folder named like the class</source>
            <translation>请把每一类的图像放进以类别命名的子文件夹</translation>
        </message>
        <message>
            <source>the images in {0} have {1} axes, not 3</source>
            <translation>{0} 中的图像有 {1} 个轴，不是 3 个</translation>
        </message>
        <message>
            <source>get the files again</source>
            <translation>请重新取得这些文件</translation>
        </message>
        <message>
            <source>{0} is not a complete idx file of unsigned bytes</source>
            <translation>{0} 不是完整的无符号字节 idx 文件</translation>
        </message>
        <message>
            <source>get the file again</source>
            <translation>请重新取得该文件</translation>
        </message>
        <message>
            <source>{0} is not in {1}</source>
            <translation>{0} 不在 {1} 中</translation>
        </message>
        <message>
            <source>put the four idx files of the set in one folder</source>
            <translation>请把这一套的四个 idx 文件放进一个文件夹</translation>
        </message>
        <message>
            <source>images and labels of '{0}' in {1} do not belong together ({2}, {3})</source>
            <translation>“{0}”在 {1} 中的图像与标签不成套（{2}，{3}）</translation>
        </message>
        <message>
            <source>get the four files of one set again</source>
            <translation>请重新取得同一套的四个文件</translation>
        </message>
        <message>
            <source>array '{0}' in {1} cannot be read: {2}</source>
            <translation>无法读取 {1} 中的数组“{0}”：{2}</translation>
        </message>
        <message>
            <source>write it with numpy.savez(FILE, x=inputs, y=labels)</source>
            <translation>请用 numpy.savez(FILE, x=inputs, y=labels) 写出</translation>
        </message>
        <message>
            <source>array '{0}' in {1} {2}</source>
            <translation>{1} 中的数组“{0}”{2}</translation>
        </message>
        <message>
            <source>{0} is not a complete .npz archive: {1}</source>
            <translation>{0} 不是完整的 .npz 归档：{1}</translation>
        </message>
        <message>
            <source>'y' in {0} is not one class number (0, 1, ...) per sample</source>
            <translation>{0} 中的 'y' 不是每个样本一个类别号（0, 1, ...）</translation>
        </message>
        <message>
            <source>write class numbers as y, or say what y is: --task regression, detection, segmentation or sequence; in the window: choose the task beside the data</source>
            <translation>请把类别编号写为 y，或说明 y 是什么：--task regression、detection、segmentation 或 sequence；在窗口中：在数据旁选择任务</translation>
        </message>
        <message>
            <source>the arrays in {0} hold {1} samples; they must be equal and not 0</source>
            <translation>{0} 中各数组的样本数为 {1}；它们必须相等且不为 0</translation>
        </message>
        <message>
            <source>an array in {0} is a single number; samples go on the first axis</source>
            <translation>{0} 中有一个数组是单个数字；样本应在第一个轴上</translation>
        </message>
        <message>
            <source>{0} has no array of inputs</source>
            <translation>{0} 中没有输入数组</translation>
        </message>
        <message>
            <source>{0} has no array for the model's input(s) {1}</source>
            <translation>{0} 中没有模型输入 {1} 的数组</translation>
        </message>
        <message>
            <source>{0} cannot be used for recordings</source>
            <translation>{0} 不能用于录音</translation>
        </message>
        <message>
            <source>use whole numbers for {0}</source>
            <translation>{0} 请使用整数</translation>
        </message>
        <message>
            <source>replace or remove the file; PCM .wav of 8, 16, 24 or 32 bits is read</source>
            <translation>请替换或移除该文件；可读取 8、16、24 或 32 位的 PCM .wav</translation>
        </message>
        <message>
            <source>the model's input of {0} axes takes no waveform</source>
            <translation>模型的 {0} 轴输入不接受波形</translation>
        </message>
        <message>
            <source>give features of that shape as .npz</source>
            <translation>请以 .npz 给出该形状的特征</translation>
        </message>
        <message>
            <source>{0}: '{1}' is not a number</source>
            <translation>{0}：“{1}”不是数字</translation>
        </message>
        <message>
            <source>give a header line, numbers in every column but the label's, and one row per sample</source>
            <translation>请给出标题行，除标签列外各列为数字，每个样本一行</translation>
        </message>
        <message>
            <source>{0} has a header and no rows</source>
            <translation>{0} 只有标题，没有行</translation>
        </message>
        <message>
            <source>{0} holds more values than are read at once</source>
            <translation>{0} 的数值多于一次可读取的数量</translation>
        </message>
        <message>
            <source>convert it to .npz</source>
            <translation>请转换为 .npz</translation>
        </message>
        <message>
            <source>{0}, line {1}: {2} columns where {3} are named</source>
            <translation>{0} 第 {1} 行：有 {2} 列，标题有 {3} 列</translation>
        </message>
        <message>
            <source>{0} has no header with at least two columns</source>
            <translation>{0} 没有至少两列的标题</translation>
        </message>
        <message>
            <source>a table has one label for a row, {0} needs more</source>
            <translation>表格每行一个标签，而 {0} 需要更多</translation>
        </message>
        <message>
            <source>use an .npz</source>
            <translation>请使用 .npz</translation>
        </message>
        <message>
            <source>column '{0}' of {1} holds {2}, no numbers</source>
            <translation>{1} 的列“{0}”中有 {2}，不是数字</translation>
        </message>
        <message>
            <source>write it with numeric columns and a label column</source>
            <translation>请写成若干数字列和一个标签列</translation>
        </message>
        <message>
            <source>{0} has no rows of at least two columns</source>
            <translation>{0} 没有至少两列的行</translation>
        </message>
        <message>
            <source>'{0}' has labels that are no numbers</source>
            <translation>“{0}”的标签不是数字</translation>
        </message>
        <message>
            <source>leave them out</source>
            <translation>请去掉它们</translation>
        </message>
        <message>
            <source>the labels of '{0}' are {1} of shape {2}</source>
            <translation>“{0}”的标签为形状 {2} 的 {1}</translation>
        </message>
        <message>
            <source>the data declares something unknown: {0}</source>
            <translation>数据声明了未知的内容：{0}</translation>
        </message>
        <message>
            <source>'boxes' is one of {0}; 'decoding' one of {1}</source>
            <translation>'boxes' 为 {0} 之一；'decoding' 为 {1} 之一</translation>
        </message>
        <message>
            <source>the model's data file '{0}' is missing</source>
            <translation>模型的数据文件“{0}”缺失</translation>
        </message>
        <message>
            <source>keep the data file beside the model, or save the model as one file: onnx.save(model, path)</source>
            <translation>请把数据文件放在模型旁边，或把模型存为一个文件：onnx.save(model, path)</translation>
        </message>
        <message>
            <source>the model's data '{0}' is a symbolic link</source>
            <translation>模型的数据“{0}”是符号链接</translation>
        </message>
        <message>
            <source>put the data file itself beside the model</source>
            <translation>请把数据文件本身放在模型旁边</translation>
        </message>
        <message>
            <source>the model refers to data outside its folder: '{0}'</source>
            <translation>模型引用了其文件夹之外的数据：“{0}”</translation>
        </message>
        <message>
            <source>do not use this file unless you know where it comes from; keep the data file beside the model, or save the model as one file: onnx.save(model, path)</source>
            <translation>除非知道它的来源，请勿使用；请把数据文件放在模型旁边，或把模型存为一个文件：onnx.save(model, path)</translation>
        </message>
        <message>
            <source>the external data of weight '{0}' is cut short or does not fit its shape</source>
            <translation>权重“{0}”的外部数据不完整，或与形状不符</translation>
        </message>
        <message>
            <source>the external data of weight '{0}' cannot be read: {1}</source>
            <translation>无法读取权重“{0}”的外部数据：{1}</translation>
        </message>
        <message>
            <source>the model with its data has {0} bytes; at most {1} are read</source>
            <translation>模型连同其数据共 {0} 字节；最多读取 {1} 字节</translation>
        </message>
        <message>
            <source>{0} is an archive, but of no model format known here</source>
            <translation>{0} 是归档，但不是这里已知的模型格式</translation>
        </message>
        <message>
            <source>{0} is an archive of torch without a program in it</source>
            <translation>{0} 是 torch 归档，但其中没有程序</translation>
        </message>
        <message>
            <source>save it again: torch.export.save</source>
            <translation>请重新保存：torch.export.save</translation>
        </message>
        <message>
            <source>{0} holds members outside the archive</source>
            <translation>{0} 含有归档之外的成员</translation>
        </message>
        <message>
            <source>do not use this file</source>
            <translation>请勿使用此文件</translation>
        </message>
        <message>
            <source>{0} would unpack to {1} bytes in {2} files, out of proportion to its {3} bytes</source>
            <translation>{0} 解开后有 {2} 个文件共 {1} 字节，与其 {3} 字节不成比例</translation>
        </message>
        <message>
            <source>save the model again with torch.save or torch.export.save</source>
            <translation>请用 torch.save 或 torch.export.save 重新保存模型</translation>
        </message>
        <message>
            <source>{0} is cut short</source>
            <translation>{0} 被截断</translation>
        </message>
        <message>
            <source>save or copy the model again</source>
            <translation>请重新保存或复制模型</translation>
        </message>
        <message>
            <source>{0} is not a complete archive: {1}</source>
            <translation>{0} 不是完整的归档：{1}</translation>
        </message>
        <message>
            <source>{0} has {1} bytes; at most {2} are read</source>
            <translation>{0} 有 {1} 字节；最多读取 {2} 字节</translation>
        </message>
        <message>
            <source>cut it into parts and compress each: onnx.utils.extract_model; or export it in half precision (model.half()), which is half the size, and is evaluated and deployed as it is</source>
            <translation>请把它切成几部分分别压缩：onnx.utils.extract_model；或以半精度导出（model.half()），大小减半，可直接评估和部署</translation>
        </message>
        <message>
            <source>{0} is empty</source>
            <translation>{0} 是空的</translation>
        </message>
        <message>
            <source>export or copy the model again</source>
            <translation>请重新导出或复制模型</translation>
        </message>
        <message>
            <source>make the file readable</source>
            <translation>请让该文件可读</translation>
        </message>
        <message>
            <source>{0} is not a file</source>
            <translation>{0} 不是文件</translation>
        </message>
        <message>
            <source>give a file: {0}</source>
            <translation>请给出文件：{0}</translation>
        </message>
        <message>
            <source>{0} is a TensorFlow SavedModel, which is not read directly</source>
            <translation>{0} 是 TensorFlow SavedModel，不能直接读取</translation>
        </message>
        <message>
            <source>convert it where TensorFlow is installed: pip install tf2onnx &amp;&amp; python -m tf2onnx.convert --saved-model {0} --opset 18 --output model.onnx</source>
            <translation>在装有 TensorFlow 的环境中转换：pip install tf2onnx &amp;&amp; python -m tf2onnx.convert --saved-model {0} --opset 18 --output model.onnx</translation>
        </message>
        <message>
            <source>there is no file {0}</source>
            <translation>没有文件 {0}</translation>
        </message>
        <message>
            <source>check the path, or use sample:fashion-resnet</source>
            <translation>请检查路径，或使用 sample:fashion-resnet</translation>
        </message>
        <message>
            <source>{0} is no model format known here</source>
            <translation>{0} 不是这里已知的模型格式</translation>
        </message>
        <message>
            <source>{0} is a packed model, which is kept and sent but not run as it is</source>
            <translation>{0} 是打包的模型，用于保存和发送，不能直接运行</translation>
        </message>
        <message>
            <source>restore it: flyweight export {0} {1}.onnx</source>
            <translation>请还原：flyweight export {0} {1}.onnx</translation>
        </message>
        <message>
            <source>{0} is a pickled object, and loading one may run anything, so it is not opened</source>
            <translation>{0} 是 pickle 对象，加载它可能运行任何代码，因此不打开</translation>
        </message>
        <message>
            <source>load it in a function of yours and name that: def model(): return joblib.load('{0}') in mine.py, then give mine.py:model</source>
            <translation>请在自己的函数中加载并指定该函数：在 mine.py 中 def model(): return joblib.load('{0}')，然后给出 mine.py:model</translation>
        </message>
        <message>
            <source>uses the activation {0}, which has no rule</source>
            <translation>使用激活 {0}，没有对应的规则</translation>
        </message>
        <message>
            <source>a value</source>
            <translation>一个值</translation>
        </message>
        <message>
            <source>has no fixed number of channels</source>
            <translation>通道数不固定</translation>
        </message>
        <message>
            <source>{0} holds a link '{1}' elsewhere</source>
            <translation>{0} 含有指向别处的链接“{1}”</translation>
        </message>
        <message>
            <source>save or copy the file again</source>
            <translation>请重新保存或复制文件</translation>
        </message>
        <message>
            <source>{0} declares weights of more than {1} bytes, out of proportion to its {2} bytes</source>
            <translation>{0} 声明的权重超过 {1} 字节，与其 {2} 字节不成比例</translation>
        </message>
        <message>
            <source>{0} takes weight '{1}' from another file</source>
            <translation>{0} 的权重“{1}”取自另一个文件</translation>
        </message>
        <message>
            <source>{0} has a {1} layer of {2} {3}, but only {4} bytes of weights</source>
            <translation>{0} 有 {2} 为 {3} 的 {1} 层，但权重只有 {4} 字节</translation>
        </message>
        <message>
            <source>{0} has a {1} layer, which carries Python code; it was not executed</source>
            <translation>{0} 有带 Python 代码的 {1} 层；没有执行</translation>
        </message>
        <message>
            <source>rebuild the model with layers of Keras in place of the Lambda, or export it where you trust the code: model.export('model.onnx', format='onnx')</source>
            <translation>请用 Keras 的层代替 Lambda 重建模型，或在你信任该代码的地方导出：model.export('model.onnx', format='onnx')</translation>
        </message>
        <message>
            <source>{0} {1}; nothing in it was executed</source>
            <translation>{0} {1}；其中的内容没有被执行</translation>
        </message>
        <message>
            <source>export it from Keras 3: model.export('model.onnx', format='onnx'), and give that file</source>
            <translation>请从 Keras 3 导出：model.export('model.onnx', format='onnx')，并给出该文件</translation>
        </message>
        <message>
            <source>{0} is not a complete Keras file: {1}</source>
            <translation>{0} 不是完整的 Keras 文件：{1}</translation>
        </message>
        <message>
            <source>the configuration in {0} is too large</source>
            <translation>{0} 中的配置太大</translation>
        </message>
        <message>
            <source>{0} holds the weights of a Keras model without its layers</source>
            <translation>{0} 只有 Keras 模型的权重，没有层</translation>
        </message>
        <message>
            <source>save the whole model: model.save('model.keras')</source>
            <translation>请保存整个模型：model.save('model.keras')</translation>
        </message>
        <message>
            <source>layer '{0}' (Softmax)</source>
            <translation>层“{0}”（Softmax）</translation>
        </message>
        <message>
            <source>runs over axis {0}, not the last</source>
            <translation>沿轴 {0} 而不是最后一轴</translation>
        </message>
        <message>
            <source>layer '{0}' (PReLU)</source>
            <translation>层“{0}”（PReLU）</translation>
        </message>
        <message>
            <source>has a slope for every place, not one per channel</source>
            <translation>每个位置一个斜率，而不是每通道一个</translation>
        </message>
        <message>
            <source>layer '{0}' (ReLU)</source>
            <translation>层“{0}”（ReLU）</translation>
        </message>
        <message>
            <source>has a threshold, or a slope and a limit</source>
            <translation>有阈值，或斜率与上限</translation>
        </message>
        <message>
            <source>resizes by {0}</source>
            <translation>按 {0} 缩放</translation>
        </message>
        <message>
            <source>layer '{0}' (Normalization)</source>
            <translation>层“{0}”（Normalization）</translation>
        </message>
        <message>
            <source>normalises other axes than the last, or backwards</source>
            <translation>归一化的不是最后一轴，或反向</translation>
        </message>
        <message>
            <source>layer '{0}' (LayerNormalization)</source>
            <translation>层“{0}”（LayerNormalization）</translation>
        </message>
        <message>
            <source>normalises other axes than the last, or by root mean square</source>
            <translation>归一化的不是最后一轴，或按均方根</translation>
        </message>
        <message>
            <source>layer '{0}' (BatchNormalization)</source>
            <translation>层“{0}”（BatchNormalization）</translation>
        </message>
        <message>
            <source>normalises axis {0}, not the channels</source>
            <translation>归一化的是轴 {0}，不是通道</translation>
        </message>
        <message>
            <source>layer '{0}' (TimeDistributed)</source>
            <translation>层“{0}”（TimeDistributed）</translation>
        </message>
        <message>
            <source>layer '{0}' (Conv{1}DTranspose)</source>
            <translation>层“{0}”（Conv{1}DTranspose）</translation>
        </message>
        <message>
            <source>with kernel {0}, stride {1}, padding {2} computes differently on each backend of Keras: take an even kernel for an even stride</source>
            <translation>核 {0}、步长 {1}、填充 {2} 时在 Keras 各后端上计算不同：步长为偶数时请用偶数核</translation>
        </message>
        <message>
            <source>{0} computes something else after its conversion than Keras itself</source>
            <translation>{0} 转换后的计算结果与 Keras 本身不同</translation>
        </message>
        <message>
            <source>{0} holds a model that was never given the shape of its input</source>
            <translation>{0} 中的模型从未得到输入形状</translation>
        </message>
        <message>
            <source>begin it with keras.Input(shape=...), or call it once before it is saved</source>
            <translation>请以 keras.Input(shape=...) 开头，或保存前调用一次</translation>
        </message>
        <message>
            <source>Keras cannot load {0}: {1}</source>
            <translation>Keras 无法加载 {0}：{1}</translation>
        </message>
        <message>
            <source>save the model again where it was made: model.save('{0}.keras')</source>
            <translation>请在制作它的地方重新保存：model.save('{0}.keras')</translation>
        </message>
        <message>
            <source>layer '{0}' (MultiHeadAttention)</source>
            <translation>层“{0}”（MultiHeadAttention）</translation>
        </message>
        <message>
            <source>has a gate, a window or other axes than the sequence</source>
            <translation>有门、窗口或序列以外的轴</translation>
        </message>
        <message>
            <source>is given a mask</source>
            <translation>带有掩码</translation>
        </message>
        <message>
            <source>holds quantized weights</source>
            <translation>含有量化的权重</translation>
        </message>
        <message>
            <source>layer '{0}' (GRU)</source>
            <translation>层“{0}”（GRU）</translation>
        </message>
        <message>
            <source>resets before the linear layer (reset_after=False)</source>
            <translation>在线性层之前重置（reset_after=False）</translation>
        </message>
        <message>
            <source>keeps or returns its state, or only reads backwards</source>
            <translation>保留或返回状态，或只反向读取</translation>
        </message>
        <message>
            <source>uses the activations {0} and {1}</source>
            <translation>使用激活 {0} 和 {1}</translation>
        </message>
        <message>
            <source>is recurrent with a {0}</source>
            <translation>是带 {0} 的循环层</translation>
        </message>
        <message>
            <source>layer '{0}' (Bidirectional)</source>
            <translation>层“{0}”（Bidirectional）</translation>
        </message>
        <message>
            <source>merges its ways by {0}</source>
            <translation>以 {0} 合并两个方向</translation>
        </message>
        <message>
            <source>layer '{0}' (Embedding)</source>
            <translation>层“{0}”（Embedding）</translation>
        </message>
        <message>
            <source>masks its padding (mask_zero), which no exported graph does</source>
            <translation>对填充加掩码（mask_zero），导出的图都不这样做</translation>
        </message>
        <message>
            <source>operation '{0}' (keras.ops, {1})</source>
            <translation>操作“{0}”（keras.ops，{1}）</translation>
        </message>
        <message>
            <source>takes an array</source>
            <translation>接受一个数组</translation>
        </message>
        <message>
            <source>has no rule</source>
            <translation>没有对应的规则</translation>
        </message>
        <message>
            <source>wants its channels first, which a Keras model on CPU does not run</source>
            <translation>要求通道在前，而 Keras 模型在 CPU 上不能这样运行</translation>
        </message>
        <message>
            <source>holds quantized weights: give the float model it was made from</source>
            <translation>含有量化的权重：请给出它的浮点原模型</translation>
        </message>
        <message>
            <source>is called with {0}, which has no rule</source>
            <translation>调用时带 {0}，没有对应的规则</translation>
        </message>
        <message>
            <source>operator {0} of node '{1}' {2}</source>
            <translation>节点“{1}”的算子 {0} {2}</translation>
        </message>
        <message>
            <source>give the network's code and weights instead: --arch module:factory with a state dict or safetensors file</source>
            <translation>请改为给出网络的代码和权重：--arch module:factory 加 state dict 或 safetensors 文件</translation>
        </message>
        <message>
            <source>the model does not say the shape of its input, and no likely one works</source>
            <translation>模型没有说明输入形状，常见的形状都不行</translation>
        </message>
        <message>
            <source>give --data that fits it, or a factory that returns (module, (example input,))</source>
            <translation>请给出合适的 --data，或返回 (module, (example input,)) 的 factory</translation>
        </message>
        <message>
            <source>the file does not say its input shape; {0} was guessed and works</source>
            <translation>文件没有说明输入形状；猜测 {0} 可用</translation>
        </message>
        <message>
            <source>onnxruntime refuses the model: {0}</source>
            <translation>onnxruntime 拒绝此模型：{0}</translation>
        </message>
        <message>
            <source>export the model again, or check that the file is complete</source>
            <translation>请重新导出模型，或检查文件是否完整</translation>
        </message>
        <message>
            <source>the model is written in a version of ONNX (opset or IR) that the installed onnxruntime does not read</source>
            <translation>模型的 ONNX 版本（opset 或 IR）是已安装的 onnxruntime 不能读取的</translation>
        </message>
        <message>
            <source>export it with opset 20 or lower, which old boards read as well</source>
            <translation>请以 opset 20 或更低导出，较旧的板卡也能读取</translation>
        </message>
        <message>
            <source>input '{0}' is of type {1}</source>
            <translation>输入“{0}”的类型为 {1}</translation>
        </message>
        <message>
            <source>one inference on random input failed: {0}</source>
            <translation>用随机输入推理一次失败：{0}</translation>
        </message>
        <message>
            <source>not tried: {0}</source>
            <translation>没有尝试：{0}</translation>
        </message>
        <message>
            <source>not tried: one input alone would take more than 512 MiB</source>
            <translation>没有尝试：单个输入就超过 512 MiB</translation>
        </message>
        <message>
            <source>node '{0}' of {1} asks for {2} GiB</source>
            <translation>{1} 的节点“{0}”要求 {2} GiB</translation>
        </message>
        <message>
            <source>weight '{0}' of {1} does not fit its shape</source>
            <translation>{1} 的权重“{0}”与形状不符</translation>
        </message>
        <message>
            <source>weight '{0}' of {1} has no data</source>
            <translation>{1} 的权重“{0}”没有数据</translation>
        </message>
        <message>
            <source>a weight of {0} has a negative size</source>
            <translation>{0} 的某个权重大小为负</translation>
        </message>
        <message>
            <source>the multiply-accumulates cannot be counted: a shape is only known when the model runs</source>
            <translation>无法统计乘加次数：某个形状要运行时才知道</translation>
        </message>
        <message>
            <source>an input or output of {0} has a name that cannot be shown</source>
            <translation>{0} 的某个输入或输出的名称无法显示</translation>
        </message>
        <message>
            <source>{0} has more than {1} nodes</source>
            <translation>{0} 的节点多于 {1} 个</translation>
        </message>
        <message>
            <source>{0} holds no complete ONNX graph</source>
            <translation>{0} 中没有完整的 ONNX 图</translation>
        </message>
        <message>
            <source>{0} is not a complete ONNX file</source>
            <translation>{0} 不是完整的 ONNX 文件</translation>
        </message>
        <message>
            <source>{0} holds a name that is no text</source>
            <translation>{0} 中有不是文本的名称</translation>
        </message>
        <message>
            <source>the output {0} is an input or another output</source>
            <translation>输出 {0} 是输入或另一个输出</translation>
        </message>
        <message>
            <source>{0} is dequantized and never quantized</source>
            <translation>{0} 被反量化但从未量化</translation>
        </message>
        <message>
            <source>activations of {0} with {1} scales</source>
            <translation>{0} 的激活有 {1} 个比例</translation>
        </message>
        <message>
            <source>{0} is quantized in two ways</source>
            <translation>{0} 以两种方式量化</translation>
        </message>
        <message>
            <source>a {0} of this form</source>
            <translation>这种形式的 {0}</translation>
        </message>
        <message>
            <source>output '{0}' does not depend on any input</source>
            <translation>输出“{0}”不依赖任何输入</translation>
        </message>
        <message>
            <source>export the model without that output</source>
            <translation>请去掉该输出后导出模型</translation>
        </message>
        <message>
            <source>the model is already quantized: its weights are integers and cannot be trained, pruned or quantized again</source>
            <translation>模型已经量化：权重是整数，不能再训练、剪枝或量化</translation>
        </message>
        <message>
            <source>start from the float model it was made from</source>
            <translation>请从它的浮点原模型开始</translation>
        </message>
        <message>
            <source>return a torch.nn.Module, (module, (example input, ...)), or a fitted linear model of scikit-learn</source>
            <translation>请返回 torch.nn.Module、(module, (example input, ...))，或已拟合的 scikit-learn 线性模型</translation>
        </message>
        <message>
            <source>the weights in {0} do not fit {1}: {2}</source>
            <translation>{0} 中的权重不适合 {1}：{2}</translation>
        </message>
        <message>
            <source>name the network they belong to</source>
            <translation>请指定它们所属的网络</translation>
        </message>
        <message>
            <source>{0} gave no model</source>
            <translation>{0} 没有给出模型</translation>
        </message>
        <message>
            <source>check the file; see: flyweight doctor</source>
            <translation>请检查文件；参见：flyweight doctor</translation>
        </message>
        <message>
            <source>{0} is a Keras file, and Keras, which reads it, is not installed</source>
            <translation>{0} 是 Keras 文件，而读取它的 Keras 没有安装</translation>
        </message>
        <message>
            <source>in the clone, pip install -c constraints.txt '.[keras]', or export it from Keras 3: model.export('model.onnx', format='onnx')</source>
            <translation>在克隆目录中运行 pip install -c constraints.txt '.[keras]'，或从 Keras 3 导出：model.export('model.onnx', format='onnx')</translation>
        </message>
        <message>
            <source>no model is named</source>
            <translation>没有指定模型</translation>
        </message>
        <message>
            <source>give a file, sample:fashion-resnet or module:factory</source>
            <translation>请给出文件、sample:fashion-resnet 或 module:factory</translation>
        </message>
        <message>
            <source>{0} is a TFLite file, which can be inspected, evaluated and deployed, but not compressed</source>
            <translation>{0} 是 TFLite 文件，可以查看、评估和部署，但不能压缩</translation>
        </message>
        <message>
            <source>give the ONNX or PyTorch model it was made from</source>
            <translation>请给出它的 ONNX 或 PyTorch 原模型</translation>
        </message>
        <message>
            <source>{0} holds weights without the network they belong to</source>
            <translation>{0} 只有权重，没有所属的网络</translation>
        </message>
        <message>
            <source>name the function that builds it: --arch module:factory</source>
            <translation>请指定构建网络的函数：--arch module:factory</translation>
        </message>
        <message>
            <source>the file has {0} bytes</source>
            <translation>文件有 {0} 字节</translation>
        </message>
        <message>
            <source>at most {0} are packed</source>
            <translation>最多打包 {0}</translation>
        </message>
        <message>
            <source>weights that the graph computed from constants are stored</source>
            <translation>图中由常量计算出的权重已直接存储</translation>
        </message>
        <message>
            <source>the graph was raised from opset {0} to {1}</source>
            <translation>计算图的 opset 从 {0} 提升到 {1}</translation>
        </message>
        <message>
            <source>16-bit numbers of the model became float32 (half-precision, as the last step, makes them 16-bit again)</source>
            <translation>模型中的 16 位数值已转为 float32（最后一步使用 half-precision 可再次变为 16 位）</translation>
        </message>
        <message>
            <source>the weights have {0} bytes in float32, in which steps work on them; at most {1} fit</source>
            <translation>权重以 float32 表示（各步骤以此处理）有 {0} 字节；最多容纳 {1} 字节</translation>
        </message>
        <message>
            <source>there is no built-in model {0}</source>
            <translation>没有内置模型 {0}</translation>
        </message>
        <message>
            <source>use one of {0}</source>
            <translation>请使用其中之一：{0}</translation>
        </message>
        <message>
            <source>the graph is not valid: {0}</source>
            <translation>图无效：{0}</translation>
        </message>
        <message>
            <source>export the model again</source>
            <translation>请重新导出模型</translation>
        </message>
        <message>
            <source>the graph needs opset {0}</source>
            <translation>图需要 opset {0}</translation>
        </message>
        <message>
            <source>export it with opset {0} or lower</source>
            <translation>请以 opset {0} 或更低导出</translation>
        </message>
        <message>
            <source>torch.onnx wrote nothing</source>
            <translation>torch.onnx 没有写出任何内容</translation>
        </message>
        <message>
            <source>update torch and onnxscript</source>
            <translation>请更新 torch 和 onnxscript</translation>
        </message>
        <message>
            <source>the module cannot be written as ONNX: {0}; torch.export: {1}</source>
            <translation>模块不能写成 ONNX：{0}；torch.export：{1}</translation>
        </message>
        <message>
            <source>rewrite the operation the message names with operations ONNX knows</source>
            <translation>请用 ONNX 已知的操作改写信息中提到的操作</translation>
        </message>
        <message>
            <source>the module cannot compute inputs of shape {0}: {1}</source>
            <translation>模块不能计算形状为 {0} 的输入：{1}</translation>
        </message>
        <message>
            <source>give the shape it expects (data that fits, or a factory that returns (module, example inputs))</source>
            <translation>请给出它需要的形状（合适的数据，或返回 (module, example inputs) 的 factory）</translation>
        </message>
        <message>
            <source>opset {0} is outside 17 .. {1}</source>
            <translation>opset {0} 超出 17 .. {1}</translation>
        </message>
        <message>
            <source>leave the opset at its default</source>
            <translation>请让 opset 保持默认</translation>
        </message>
        <message>
            <source>{0} weight tensors came clustered, with {1} values at most; they stay so, and a packed file (.flwp) is small by it</source>
            <translation>{0} 个权重张量原本已聚类，最多 {1} 个取值；它们保持不变，打包文件（.flwp）因此更小</translation>
        </message>
        <message>
            <source>{0} weight tensors came clustered, with {1} values at most in a channel; they stay so</source>
            <translation>{0} 个权重张量原本已聚类，每个通道最多 {1} 个取值；它们保持不变</translation>
        </message>
        <message>
            <source>{0} weight tensors came clustered, with {1} values at most: training and rounding give every weight a value of its own; weight-clustering stores them as they are</source>
            <translation>{0} 个权重张量原本已聚类，最多 {1} 个取值：训练和舍入会使每个权重各有其值；weight-clustering 会按原样存储</translation>
        </message>
        <message>
            <source>{0} returned {1}, whose predict does more than coef_ x + intercept_</source>
            <translation>{0} 返回了 {1}，其 predict 不只是 coef_ x + intercept_</translation>
        </message>
        <message>
            <source>give a fitted LinearRegression, Ridge, Lasso, LogisticRegression, LinearSVC, ..., alone or behind StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler, PCA or TruncatedSVD</source>
            <translation>请给出已拟合的 LinearRegression、Ridge、Lasso、LogisticRegression、LinearSVC 等，可单独使用，或在 StandardScaler、MinMaxScaler、MaxAbsScaler、RobustScaler、PCA 或 TruncatedSVD 之后</translation>
        </message>
        <message>
            <source>{0} returned a pipeline with {1}, which cannot be folded in</source>
            <translation>{0} 返回了带 {1} 的流水线，不能折叠进去</translation>
        </message>
        <message>
            <source>{0} returned {1}, which {2}</source>
            <translation>{0} 返回了 {1}，它{2}</translation>
        </message>
        <message>
            <source>is not fitted</source>
            <translation>尚未拟合</translation>
        </message>
        <message>
            <source>is not a linear model</source>
            <translation>不是线性模型</translation>
        </message>
        <message>
            <source>no Python file {0}</source>
            <translation>没有 Python 文件 {0}</translation>
        </message>
        <message>
            <source>name it package.module:function, or path/to/file.py:function; it is called without arguments</source>
            <translation>请写成 package.module:function 或 path/to/file.py:function；调用时不带参数</translation>
        </message>
        <message>
            <source>'{0}' has no function '{1}'</source>
            <translation>“{0}”没有函数“{1}”</translation>
        </message>
        <message>
            <source>cannot import '{0}': {1}: {2}</source>
            <translation>无法导入“{0}”：{1}：{2}</translation>
        </message>
        <message>
            <source>'{0}' is not of the form module:function</source>
            <translation>“{0}”不是 module:function 的形式</translation>
        </message>
        <message>
            <source>there is no task '{0}'</source>
            <translation>没有任务“{0}”</translation>
        </message>
        <message>
            <source>this network cannot be written as TFLite: {0}</source>
            <translation>这个网络不能写成 TFLite：{0}</translation>
        </message>
        <message>
            <source>keep ONNX for it, or convert the PyTorch module with the extra: in the clone, pip install -c constraints.txt '.[tflite]'</source>
            <translation>请保留 ONNX，或用扩展转换 PyTorch 模块：在克隆目录中运行 pip install -c constraints.txt '.[tflite]'</translation>
        </message>
        <message>
            <source>the weight {0} is computed while the model runs</source>
            <translation>权重 {0} 在运行时才算出</translation>
        </message>
        <message>
            <source>the shape of {0} is not known before the model runs</source>
            <translation>{0} 的形状要运行时才知道</translation>
        </message>
        <message>
            <source>{0} is not computed by the graph</source>
            <translation>{0} 不是由图计算的</translation>
        </message>
        <message>
            <source>a constant that is no array</source>
            <translation>不是数组的常量</translation>
        </message>
        <message>
            <source>a Clip with several limits</source>
            <translation>带多个界限的 Clip</translation>
        </message>
        <message>
            <source>the operator {0} has no rule</source>
            <translation>算子 {0} 没有对应的规则</translation>
        </message>
        <message>
            <source>the input {0} is not a tensor of numbers of a fixed shape</source>
            <translation>输入 {0} 不是固定形状的数字张量</translation>
        </message>
        <message>
            <source>calibration samples {0} do not fit input {1} {2}</source>
            <translation>校准样本 {0} 不适合输入 {1} {2}</translation>
        </message>
        <message>
            <source>{0} lacks calibration arrays for the inputs {1}</source>
            <translation>{0} 缺少输入 {1} 的校准数组</translation>
        </message>
        <message>
            <source>pre-process the samples as the model expects them</source>
            <translation>请按模型的要求预处理样本</translation>
        </message>
        <message>
            <source>name the arrays after the inputs, or x if there is one</source>
            <translation>请以输入的名称命名数组，只有一个时用 x</translation>
        </message>
        <message>
            <source>buffer {0} ends at byte {1} of a TFLite file of {2} bytes</source>
            <translation>缓冲区 {0} 止于 {2} 字节的 TFLite 文件的第 {1} 字节</translation>
        </message>
        <message>
            <source>the file is not a TFLite model</source>
            <translation>文件不是 TFLite 模型</translation>
        </message>
        <message>
            <source>the TFLite model cannot be quantized: {0}</source>
            <translation>TFLite 模型无法量化：{0}</translation>
        </message>
        <message>
            <source>check that the calibration samples have the model's input names and shapes</source>
            <translation>请检查校准样本的输入名称和形状与模型一致</translation>
        </message>
        <message>
            <source>there are no calibration samples</source>
            <translation>没有校准样本</translation>
        </message>
        <message>
            <source>give at least 100 typical inputs</source>
            <translation>请给出至少 100 个典型输入</translation>
        </message>
        <message>
            <source>the model cannot be converted to TFLite: {0}</source>
            <translation>模型不能转换为 TFLite：{0}</translation>
        </message>
        <message>
            <source>deploy the ONNX form, or replace the operator the message names</source>
            <translation>请部署 ONNX 形式，或替换信息中提到的算子</translation>
        </message>
        <message>
            <source>a LayerNormalization that also tells its mean</source>
            <translation>同时给出均值的 LayerNormalization</translation>
        </message>
        <message>
            <source>a {0} over {1} axes</source>
            <translation>{1} 个轴上的 {0}</translation>
        </message>
        <message>
            <source>a {0} with dilation</source>
            <translation>带扩张的 {0}</translation>
        </message>
        <message>
            <source>a MatMul with a vector</source>
            <translation>与向量的 MatMul</translation>
        </message>
        <message>
            <source>a transposed convolution with automatic padding</source>
            <translation>自动填充的转置卷积</translation>
        </message>
        <message>
            <source>a transposed convolution over {0} axes</source>
            <translation>{0} 个轴上的转置卷积</translation>
        </message>
        <message>
            <source>a convolution over {0} axes</source>
            <translation>{0} 个轴上的卷积</translation>
        </message>
        <message>
            <source>a window over {0} axes</source>
            <translation>{0} 个轴上的窗口</translation>
        </message>
        <message>
            <source>LiteRT refuses {0}: {1}</source>
            <translation>LiteRT 拒绝 {0}：{1}</translation>
        </message>
        <message>
            <source>convert the model again, or check that the file is complete</source>
            <translation>请重新转换模型，或检查文件是否完整</translation>
        </message>
        <message>
            <source>a buffer beyond the end of the file</source>
            <translation>缓冲区超出文件末尾</translation>
        </message>
        <message>
            <source>impossible counts</source>
            <translation>数量不可能为真</translation>
        </message>
        <message>
            <source>no graph</source>
            <translation>没有图</translation>
        </message>
        <message>
            <source>{0} is not a complete TFLite file</source>
            <translation>{0} 不是完整的 TFLite 文件</translation>
        </message>
        <message>
            <source>a {0} over {1} steps; {2} are written out at most</source>
            <translation>{1} 步的 {0}；最多展开 {2} 步</translation>
        </message>
        <message>
            <source>a {0} with sequences of unequal length or peepholes</source>
            <translation>序列长度不等或带窥视孔的 {0}</translation>
        </message>
        <message>
            <source>a {0} with other activations, a clip or another layout</source>
            <translation>带其他激活、截断或其他布局的 {0}</translation>
        </message>
        <message>
            <source>an {0} that wants the last of equal values</source>
            <translation>要求取相等值中最后一个的 {0}</translation>
        </message>
        <message>
            <source>a Resize of the form {0}, {1}, {2}</source>
            <translation>形式为 {0}、{1}、{2} 的 Resize</translation>
        </message>
        <message>
            <source>a Resize by {0} to whole sizes</source>
            <translation>以 {0} 缩放到整数大小的 Resize</translation>
        </message>
        <message>
            <source>a Resize of the channels</source>
            <translation>对通道的 Resize</translation>
        </message>
        <message>
            <source>a Pad of the form {0} by {1}</source>
            <translation>形式为 {0}、填充 {1} 的 Pad</translation>
        </message>
        <message>
            <source>a Slice without limits</source>
            <translation>没有界限的 Slice</translation>
        </message>
        <message>
            <source>{0} carries a pickle that asks for {1}, which could run code; it was not executed</source>
            <translation>{0} 带有要求 {1} 的 pickle，可能运行代码；没有执行</translation>
        </message>
        <message>
            <source>export the program again with torch.export.save of a current torch</source>
            <translation>请用当前 torch 的 torch.export.save 重新导出程序</translation>
        </message>
        <message>
            <source>{0} is not a complete exported program: {1}</source>
            <translation>{0} 不是完整的导出程序：{1}</translation>
        </message>
        <message>
            <source>{0} is not a complete TorchScript file: {1}</source>
            <translation>{0} 不是完整的 TorchScript 文件：{1}</translation>
        </message>
        <message>
            <source>{0} is a pickle of Python objects{1}, which could run code; it was not executed</source>
            <translation>{0} 是 Python 对象的 pickle{1}，可能运行代码；没有执行</translation>
        </message>
        <message>
            <source>save the weights alone: torch.save(model.state_dict(), 'weights.pt') or safetensors, and open them with --arch module:factory</source>
            <translation>请只保存权重：torch.save(model.state_dict(), 'weights.pt') 或 safetensors，并用 --arch module:factory 打开</translation>
        </message>
        <message>
            <source>{0} holds entries that are no tensors: {1}</source>
            <translation>{0} 中有不是张量的条目：{1}</translation>
        </message>
        <message>
            <source>{0} holds {1}, not a state dict</source>
            <translation>{0} 中是 {1}，不是 state dict</translation>
        </message>
        <message>
            <source>{0} is not a complete file of torch.save: {1}</source>
            <translation>{0} 不是完整的 torch.save 文件：{1}</translation>
        </message>
        <message>
            <source>{0} is not a complete safetensors file: {1}</source>
            <translation>{0} 不是完整的 safetensors 文件：{1}</translation>
        </message>
        <message>
            <source>name a bundle folder; make one: flyweight bundle</source>
            <translation>请指定包的文件夹；制作：flyweight bundle</translation>
        </message>
        <message>
            <source>{0} is no plain file of at most {1} bytes</source>
            <translation>{0} 不是最多 {1} 字节的普通文件</translation>
        </message>
        <message>
            <source>make the bundle again</source>
            <translation>请重新制作包</translation>
        </message>
        <message>
            <source>{0} is not the file the manifest names</source>
            <translation>{0} 不是清单所指的文件</translation>
        </message>
        <message>
            <source>the manifest of {0} is not signed by a known key; it was changed, or made by someone else</source>
            <translation>{0} 的清单没有已知密钥的签名；它被改过，或由他人制作</translation>
        </message>
        <message>
            <source>make the bundle again; to accept another desktop's, put its public key into the keys folder as NAME.pub</source>
            <translation>请重新制作包；若要接受另一台电脑的，请把其公钥以 NAME.pub 放进密钥文件夹</translation>
        </message>
        <message>
            <source>cannot write {0}: {1}</source>
            <translation>无法写入 {0}：{1}</translation>
        </message>
        <message>
            <source>choose another folder: --out</source>
            <translation>请选择其他文件夹：--out</translation>
        </message>
        <message>
            <source>{0} takes its inputs in another order</source>
            <translation>{0} 的输入顺序不同</translation>
        </message>
        <message>
            <source>make one bundle of each file</source>
            <translation>请为每个文件各制作一个包</translation>
        </message>
        <message>
            <source>{0} gives other outputs than the file beside it</source>
            <translation>{0} 的输出与旁边的文件不同</translation>
        </message>
        <message>
            <source>{0} takes other inputs than the file beside it</source>
            <translation>{0} 的输入与旁边的文件不同</translation>
        </message>
        <message>
            <source>{0} has {1} {2}; runtimes of older boards read up to {3}</source>
            <translation>{0} 的 {1} 为 {2}；旧板卡的运行时最高读到 {3}</translation>
        </message>
        <message>
            <source>export the model again with opset {0} or lower</source>
            <translation>请以 opset {0} 或更低重新导出模型</translation>
        </message>
        <message>
            <source>give a file that exists</source>
            <translation>请给出存在的文件</translation>
        </message>
        <message>
            <source>'{0}' is no format of a vendor's runtime</source>
            <translation>“{0}”不是厂商运行时的格式</translation>
        </message>
        <message>
            <source>write a short name in small letters, as its adapter has it: --attach rknn=model.rknn</source>
            <translation>请写小写的短名称，与其适配器一致：--attach rknn=model.rknn</translation>
        </message>
        <message>
            <source>{0} is {1}; boards run ONNX and TFLite</source>
            <translation>{0} 是 {1}；板卡运行 ONNX 和 TFLite</translation>
        </message>
        <message>
            <source>convert it first</source>
            <translation>请先转换它</translation>
        </message>
        <message>
            <source>a bundle needs a model file</source>
            <translation>包需要一个模型文件</translation>
        </message>
        <message>
            <source>give an ONNX or a TFLite file</source>
            <translation>请给出 ONNX 或 TFLite 文件</translation>
        </message>
        <message>
            <source>{0} {1} of the model is no array of numbers</source>
            <translation>模型的 {0} {1} 不是数字数组</translation>
        </message>
        <message>
            <source>{0} answers golden inputs with values that are not finite</source>
            <translation>{0} 对黄金输入给出非有限的值</translation>
        </message>
        <message>
            <source>check the model, or use data it was made for: --data</source>
            <translation>请检查模型，或使用适合它的数据：--data</translation>
        </message>
        <message>
            <source>the data's raw samples, pre-processed by its contract, are not the tensors it gives</source>
            <translation>数据的原始样本按其约定预处理后，与它给出的张量不同</translation>
        </message>
        <message>
            <source>correct the data set's contract: a board would see other inputs than the desktop</source>
            <translation>请更正数据集的约定：否则板卡看到的输入与本机不同</translation>
        </message>
        <message>
            <source>a raw sample cannot be read: {0}</source>
            <translation>无法读取原始样本：{0}</translation>
        </message>
        <message>
            <source>the data '{0}' holds no samples</source>
            <translation>数据“{0}”没有样本</translation>
        </message>
        <message>
            <source>name other data: --data</source>
            <translation>请指定其他数据：--data</translation>
        </message>
        <message>
            <source>{0} keeps weights in other files</source>
            <translation>{0} 把权重存在其他文件中</translation>
        </message>
        <message>
            <source>make a variant of it first: flyweight compress</source>
            <translation>请先做成变体：flyweight compress</translation>
        </message>
        <message>
            <source>input '{0}' of shape {1} is too large</source>
            <translation>形状为 {1} 的输入“{0}”太大</translation>
        </message>
        <message>
            <source>input '{0}' has the free shape {1}, which leaves open what to test with</source>
            <translation>输入“{0}”的形状 {1} 不固定，无法确定用什么测试</translation>
        </message>
        <message>
            <source>name data of the right size: --data</source>
            <translation>请指定大小合适的数据：--data</translation>
        </message>
        <message>
            <source>the data gives {0} for input '{1}', the model takes {2}</source>
            <translation>数据为输入“{1}”给出 {0}，模型需要 {2}</translation>
        </message>
        <message>
            <source>give data with one array per model input, named like the inputs</source>
            <translation>请给出每个模型输入一个数组、名称与输入相同的数据</translation>
        </message>
        <message>
            <source>export it with a free batch axis, or a batch of 1</source>
            <translation>请以自由的批次轴或批次 1 导出</translation>
        </message>
        <message>
            <source>{0} holds no ed25519 key</source>
            <translation>{0} 中没有 ed25519 密钥</translation>
        </message>
        <message>
            <source>restore it from a backup, or delete it and add your devices again</source>
            <translation>请从备份恢复，或删除它并重新添加设备</translation>
        </message>
        <message>
            <source>{0} can be read by other users (mode {1})</source>
            <translation>{0} 可被其他用户读取（权限 {1}）</translation>
        </message>
        <message>
            <source>if only you had access so far: chmod 600 {0}; else delete it and add your devices again</source>
            <translation>若到目前为止只有你能访问：chmod 600 {0}；否则删除它并重新添加设备</translation>
        </message>
        <message>
            <source>make the folder writable or set XDG_DATA_HOME</source>
            <translation>请让文件夹可写，或设置 XDG_DATA_HOME</translation>
        </message>
        <message>
            <source>this Python cannot run the model: {0}</source>
            <translation>这个 Python 不能运行该模型：{0}</translation>
        </message>
        <message>
            <source>this Python cannot run the model: no runtime for {0}</source>
            <translation>这个 Python 不能运行该模型：没有 {0} 的运行时</translation>
        </message>
        <message>
            <source>install numpy and {0}</source>
            <translation>请安装 numpy 和 {0}</translation>
        </message>
        <message>
            <source>{0} is damaged</source>
            <translation>{0} 已损坏</translation>
        </message>
        <message>
            <source>deploy the bundle again</source>
            <translation>请重新部署此部署包</translation>
        </message>
        <message>
            <source>the model takes {0} inputs, not {1}</source>
            <translation>模型需要 {0} 个输入，而不是 {1} 个</translation>
        </message>
        <message>
            <source>give one array for each</source>
            <translation>请为每个输入提供一个数组</translation>
        </message>
        <message>
            <source>a report has no section '{0}'</source>
            <translation>报告没有“{0}”一节</translation>
        </message>
        <message>
            <source>no section was chosen</source>
            <translation>没有选择任何一节</translation>
        </message>
        <message>
            <source>choose of: {0}</source>
            <translation>可选：{0}</translation>
        </message>
        <message>
            <source>cannot print {0}: {1}</source>
            <translation>无法打印 {0}：{1}</translation>
        </message>
        <message>
            <source>choose another place with --out FILE</source>
            <translation>请用 --out FILE 选择其他位置</translation>
        </message>
        <message>
            <source>printing {0} took more than {1} s</source>
            <translation>打印 {0} 用时超过 {1} 秒</translation>
        </message>
        <message>
            <source>write HTML and print it from a browser</source>
            <translation>请写成 HTML 并从浏览器打印</translation>
        </message>
        <message>
            <source>there is no report in '{0}'</source>
            <translation>没有“{0}”语言的报告</translation>
        </message>
        <message>
            <source>{0} ends in '{1}'</source>
            <translation>{0} 以“{1}”结尾</translation>
        </message>
        <message>
            <source>name a file .html, .md, .pdf or .csv, or give --format</source>
            <translation>请使用 .html、.md、.pdf 或 .csv 的文件名，或给出 --format</translation>
        </message>
        <message>
            <source>following for {0} s is outside the limits</source>
            <translation>跟随 {0} 秒超出限制</translation>
        </message>
        <message>
            <source>choose up to {0} s</source>
            <translation>最多选择 {0} 秒</translation>
        </message>
        <message>
            <source>{0} lines are outside the limits</source>
            <translation>{0} 行超出限制</translation>
        </message>
        <message>
            <source>choose 1 to {0}</source>
            <translation>请选择 1 到 {0}</translation>
        </message>
        <message>
            <source>'{0}' matches several bundles of {1}</source>
            <translation>“{0}”对应 {1} 的多个包</translation>
        </message>
        <message>
            <source>'{0}' is no bundle of {1}</source>
            <translation>“{0}”不是 {1} 的包</translation>
        </message>
        <message>
            <source>known: {0}; make one of a variant: flyweight bundle {1}</source>
            <translation>已有：{0}；由变体制作一个：flyweight bundle {1}</translation>
        </message>
        <message>
            <source>make one of a variant: flyweight bundle {0}</source>
            <translation>由变体制作一个：flyweight bundle {0}</translation>
        </message>
        <message>
            <source>make a variant of it: flyweight compress {0}</source>
            <translation>请做成变体：flyweight compress {0}</translation>
        </message>
        <message>
            <source>'{0}' is no time of day</source>
            <translation>“{0}”不是时刻</translation>
        </message>
        <message>
            <source>write it as HH:MM, for example 02:30</source>
            <translation>请写成 HH:MM，例如 02:30</translation>
        </message>
        <message>
            <source>{0} on {1}, interleaved, {2} thread{3}</source>
            <translation>{0}，在 {1} 上交错测量，{2} 个线程</translation>
        </message>
        <message>
            <source>the campaign has no bundles</source>
            <translation>这个计划没有包</translation>
        </message>
        <message>
            <source>name some: --bundles A B</source>
            <translation>请指定：--bundles A B</translation>
        </message>
        <message>
            <source>{0} loses {1} {2}, more than the limit of {3}</source>
            <translation>{0} 损失了 {1} {2}，超过限制 {3}</translation>
        </message>
        <message>
            <source>prune less, fine-tune longer, or raise the limit; the variant is kept in the project</source>
            <translation>请少剪、多微调或放宽限制；变体保留在项目中</translation>
        </message>
        <message>
            <source>{0} was not evaluated, so its loss is unknown</source>
            <translation>{0} 没有评估，因此损失未知</translation>
        </message>
        <message>
            <source>give --data with labels</source>
            <translation>请给出带标签的 --data</translation>
        </message>
        <message>
            <source>recipes is a list of recipes, a variant each, and was given a single one</source>
            <translation>recipes 是配方的列表，每个配方得到一个变体；这里只给了单个配方</translation>
        </message>
        <message>
            <source>write recipes=["half.yaml"], or a list of steps in a list: recipes=[[{"technique": "graph-fusion"}]]</source>
            <translation>请写成 recipes=["half.yaml"]，或列表中的步骤列表：recipes=[[{"technique": "graph-fusion"}]]</translation>
        </message>
        <message>
            <source>no recipe was given</source>
            <translation>没有给出配方</translation>
        </message>
        <message>
            <source>give --recipe FILE or --preset {0}; techniques are listed by: flyweight techniques</source>
            <translation>请给出 --recipe FILE 或 --preset {0}；技术可用 flyweight techniques 列出</translation>
        </message>
        <message>
            <source>--recipe and --preset were both given</source>
            <translation>同时给出了 --recipe 和 --preset</translation>
        </message>
        <message>
            <source>{0}: left out, the run was asked to finish</source>
            <translation>{0}：按要求结束，未做</translation>
        </message>
        <message>
            <source>{0} variants of {1}</source>
            <translation>{1} 的 {0} 个变体</translation>
        </message>
        <message>
            <source>'{0}' does not say when to pack</source>
            <translation>“{0}”没有说明何时打包</translation>
        </message>
        <message>
            <source>the slot {0} is named twice</source>
            <translation>槽位 {0} 写了两次</translation>
        </message>
        <message>
            <source>give every slot one bundle</source>
            <translation>请给每个槽位一个包</translation>
        </message>
        <message>
            <source>loopback starts the agent and nothing else</source>
            <translation>loopback 只启动代理程序</translation>
        </message>
        <message>
            <source>write the script with --script and run it here</source>
            <translation>请用 --script 写出脚本并在这里运行</translation>
        </message>
        <message>
            <source>the agent there speaks protocol {0}.{1} and knows no lease</source>
            <translation>那里的代理程序使用协议 {0}.{1}，不支持占用</translation>
        </message>
        <message>
            <source>{0} cannot be written to</source>
            <translation>{0} 无法写入</translation>
        </message>
        <message>
            <source>check its permissions, or whether its disk is read-only</source>
            <translation>请检查其权限，以及所在磁盘是否为只读</translation>
        </message>
        <message>
            <source>not installed (optional): in the clone, pip install -c constraints.txt '.[{0}]'</source>
            <translation>未安装（可选）：在克隆目录中运行 pip install -c constraints.txt '.[{0}]'</translation>
        </message>
        <message>
            <source>not installed</source>
            <translation>未安装</translation>
        </message>
        <message>
            <source>pip install -c constraints.txt -e .</source>
            <translation>pip install -c constraints.txt -e .</translation>
        </message>
        <message>
            <source>install Python 3.11, 3.12 or 3.13</source>
            <translation>请安装 Python 3.11、3.12 或 3.13</translation>
        </message>
        <message>
            <source>{0} bytes, id {1}</source>
            <translation>{0} 字节，标识 {1}</translation>
        </message>
        <message>
            <source>profile store</source>
            <translation>画像库</translation>
        </message>
        <message>
            <source>signing key</source>
            <translation>签名密钥</translation>
        </message>
        <message>
            <source>cache folder</source>
            <translation>缓存文件夹</translation>
        </message>
        <message>
            <source>data folder</source>
            <translation>数据文件夹</translation>
        </message>
        <message>
            <source>product</source>
            <translation>产品</translation>
        </message>
        <message>
            <source>flyweight-studio {0}</source>
            <translation>flyweight-studio {0}</translation>
        </message>
        <message>
            <source>{0} has no variant made with {1}</source>
            <translation>{0} 没有用 {1} 制作的变体</translation>
        </message>
        <message>
            <source>{0} has no variant made by a recipe</source>
            <translation>{0} 没有按配方制作的变体</translation>
        </message>
        <message>
            <source>make some and measure them: flyweight compress MODEL --recipe FILE, then bundle, deploy and measure</source>
            <translation>先制作并测量一些：flyweight compress MODEL --recipe FILE，然后打包、部署并测量</translation>
        </message>
        <message>
            <source>the original</source>
            <translation>原模型</translation>
        </message>
        <message>
            <source>a runtime and a provider are those of a device</source>
            <translation>运行时和提供程序属于设备</translation>
        </message>
        <message>
            <source>name it: --on TARGET</source>
            <translation>请指定设备：--on TARGET</translation>
        </message>
        <message>
            <source>both</source>
            <translation>两者</translation>
        </message>
        <message>
            <source>'{0}' has no original to compare with, or one of the two is no ONNX file</source>
            <translation>“{0}”没有可比较的原始模型，或两者之一不是 ONNX 文件</translation>
        </message>
        <message>
            <source>name a variant of the project, or give the original with --against FILE.onnx</source>
            <translation>请指定项目中的变体，或用 --against FILE.onnx 给出原始模型</translation>
        </message>
        <message>
            <source>the {0} computes something else: off by {1} of the largest output</source>
            <translation>{0} 的计算结果不同：相差最大输出的 {1}</translation>
        </message>
        <message>
            <source>this is a fault of Flyweight; please report it with the model</source>
            <translation>这是 Flyweight 的错误；请附上模型报告</translation>
        </message>
        <message>
            <source>torch.export cannot write this network: {0}</source>
            <translation>torch.export 不能写出这个网络：{0}</translation>
        </message>
        <message>
            <source>write it as ONNX instead</source>
            <translation>请改写成 ONNX</translation>
        </message>
        <message>
            <source>a TFLite file can be kept or packed, but not written in another form</source>
            <translation>TFLite 文件可以保留或打包，但不能写成其他形式</translation>
        </message>
        <message>
            <source>{0} is there already</source>
            <translation>{0} 已存在</translation>
        </message>
        <message>
            <source>choose another name, or replace it: --force</source>
            <translation>请换一个名称，或替换它：--force</translation>
        </message>
        <message>
            <source>{0} names no form to write</source>
            <translation>{0} 没有写明要写的形式</translation>
        </message>
        <message>
            <source>end it in {0}</source>
            <translation>请以 {0} 结尾</translation>
        </message>
        <message>
            <source>there is no rollout in this project</source>
            <translation>这个项目中没有发布</translation>
        </message>
        <message>
            <source>start one: flyweight fleet rollout BUNDLE @all</source>
            <translation>开始一个：flyweight fleet rollout BUNDLE @all</translation>
        </message>
        <message>
            <source>the rollout {0} is {1}</source>
            <translation>发布 {0} 已{1}</translation>
        </message>
        <message>
            <source>nothing was touched; it would be {0}</source>
            <translation>未作任何改动；状态将变为 {0}</translation>
        </message>
        <message>
            <source>nothing was touched; boards left: {0}</source>
            <translation>未作任何改动；剩余的板卡：{0}</translation>
        </message>
        <message>
            <source>start another one: flyweight fleet rollout</source>
            <translation>请开始另一个：flyweight fleet rollout</translation>
        </message>
        <message>
            <source>the rollout {0} has brought it a later release since</source>
            <translation>此后，发布 {0} 已为它装上更新的版本</translation>
        </message>
        <message>
            <source>nothing was touched; the waves end at {0} boards, at most {1} may fail</source>
            <translation>未做任何更改；各批次分别到 {0} 块板卡为止，最多允许 {1} 块失败</translation>
        </message>
        <message>
            <source>make one: flyweight device group {0} NAME...</source>
            <translation>请建立一个：flyweight device group {0} NAME...</translation>
        </message>
        <message>
            <source>{0} is no probability</source>
            <translation>{0} 不是概率</translation>
        </message>
        <message>
            <source>give a number between 0 and 1, for example 0.05</source>
            <translation>请给出 0 到 1 之间的数，例如 0.05</translation>
        </message>
        <message>
            <source>'{0}' holds no ONNX graph</source>
            <translation>“{0}”不含 ONNX 图</translation>
        </message>
        <message>
            <source>predictions are made for ONNX models</source>
            <translation>只能预测 ONNX 模型</translation>
        </message>
        <message>
            <source>no bundle of this project was measured on '{0}' with {1} and {2} threads</source>
            <translation>本项目没有包在“{0}”上用 {1} 和 {2} 个线程测量过</translation>
        </message>
        <message>
            <source>add --micro-benchmark, or measure some: flyweight profile run --bundles B... --targets {0}</source>
            <translation>请加上 --micro-benchmark，或先测量一些：flyweight profile run --bundles B... --targets {0}</translation>
        </message>
        <message>
            <source>a gate knows no '{0}'</source>
            <translation>门限没有“{0}”</translation>
        </message>
        <message>
            <source>it knows {0}</source>
            <translation>可用：{0}</translation>
        </message>
        <message>
            <source>the {0} is quantized, rounding has no gradient</source>
            <translation>{0}已量化，取整没有梯度</translation>
        </message>
        <message>
            <source>there is no ONNX file with gradients</source>
            <translation>没有可求梯度的 ONNX 文件</translation>
        </message>
        <message>
            <source>no attacks: {0}</source>
            <translation>未做攻击测试：{0}</translation>
        </message>
        <message>
            <source>{0} samples are too few</source>
            <translation>{0} 个样本太少</translation>
        </message>
        <message>
            <source>give --samples 1 or more</source>
            <translation>请给出 --samples 1 或更大的值</translation>
        </message>
        <message>
            <source>cannot read {0}: {1}</source>
            <translation>无法读取 {0}：{1}</translation>
        </message>
        <message>
            <source>check the path</source>
            <translation>请检查路径</translation>
        </message>
        <message>
            <source>no variant was measured on '{0}'</source>
            <translation>没有在“{0}”上测量过任何变体</translation>
        </message>
        <message>
            <source>no variant of this project has a fresh reading</source>
            <translation>本项目没有任何变体有有效测量记录</translation>
        </message>
        <message>
            <source>measure some: flyweight profile run --bundles B... --targets T...</source>
            <translation>请先测量：flyweight profile run --bundles B... --targets T...</translation>
        </message>
        <message>
            <source>nothing is limited but the accuracy</source>
            <translation>除准确率外没有任何限制</translation>
        </message>
        <message>
            <source>add --max-latency-ms MS, or a limit such as --limit memory_mb=120</source>
            <translation>请加上 --max-latency-ms MS，或如 --limit memory_mb=120 的限制</translation>
        </message>
        <message>
            <source>{0} and {1} have no fresh reading of the same bundle, runtime and thread count</source>
            <translation>{0} 与 {1} 没有同一部署包、同一运行时和线程数的有效测量记录</translation>
        </message>
        <message>
            <source>measure the same bundles on both: flyweight profile run --bundles B... --targets {0} {1}</source>
            <translation>请在两者上测量相同的部署包：flyweight profile run --bundles B... --targets {0} {1}</translation>
        </message>
        <message>
            <source>'{0}' is a {1} file</source>
            <translation>“{0}”是 {1} 文件</translation>
        </message>
        <message>
            <source>compare variants in ONNX form</source>
            <translation>请比较 ONNX 形式的变体</translation>
        </message>
        <message>
            <source>{0} models cannot be compared layer by layer</source>
            <translation>无法逐层比较 {0} 个模型</translation>
        </message>
        <message>
            <source>name two to {0} variants or ONNX files</source>
            <translation>请指定两个到 {0} 个变体或 ONNX 文件</translation>
        </message>
        <message>
            <source>there is no job '{0}' in this project</source>
            <translation>这个项目中没有任务“{0}”</translation>
        </message>
        <message>
            <source>refresh the list of jobs</source>
            <translation>请刷新任务列表</translation>
        </message>
        <message>
            <source>the board does not compute the golden outputs of {0}: {1}</source>
            <translation>板卡算不出 {0} 的黄金输出：{1}</translation>
        </message>
        <message>
            <source>measure what is right: another runtime or provider, or make the bundle again</source>
            <translation>请测量正确的：换运行时或提供程序，或重新制作包</translation>
        </message>
        <message>
            <source>{0} variants on {1}, interleaved</source>
            <translation>在 {1} 上交错测量 {0} 个变体</translation>
        </message>
        <message>
            <source>1 variant on {0}</source>
            <translation>{0} 上的 1 个变体</translation>
        </message>
        <message>
            <source>the scenario {0} needs a rate</source>
            <translation>场景 {0} 需要速率</translation>
        </message>
        <message>
            <source>add --rate: queries or frames a second</source>
            <translation>请加 --rate：每秒请求数或帧数</translation>
        </message>
        <message>
            <source>power is declared or measured, not both</source>
            <translation>功率要么声明，要么测量，不能两者都要</translation>
        </message>
        <message>
            <source>leave out one of them</source>
            <translation>请去掉其中之一</translation>
        </message>
        <message>
            <source>an evaluation</source>
            <translation>评估</translation>
        </message>
        <message>
            <source>{0} readings are outside the limits</source>
            <translation>{0} 条测量记录超出限制</translation>
        </message>
        <message>
            <source>{0} in {1} stages</source>
            <translation>{0}，分为 {1} 级</translation>
        </message>
        <message>
            <source>{0} stages in {1} seconds are outside the limits</source>
            <translation>{1} 秒内 {0} 段超出限制</translation>
        </message>
        <message>
            <source>use 2 to 16 stages, up to 600 seconds</source>
            <translation>请使用 2 到 16 级，最多 600 秒</translation>
        </message>
        <message>
            <source>give PNG, JPEG, BMP, .npy or .csv files</source>
            <translation>请给出 PNG、JPEG、BMP、.npy 或 .csv 文件</translation>
        </message>
        <message>
            <source>use files up to {0} bytes</source>
            <translation>请使用不超过 {0} 字节的文件</translation>
        </message>
        <message>
            <source>the standard input is empty</source>
            <translation>标准输入为空</translation>
        </message>
        <message>
            <source>for example: cat shoe.png | flyweight run pi5 -</source>
            <translation>例如：cat shoe.png | flyweight run pi5 -</translation>
        </message>
        <message>
            <source>give files that exist and can be read</source>
            <translation>请给出存在且可读的文件</translation>
        </message>
        <message>
            <source>raise the limits, or compress with a recipe of your own</source>
            <translation>请放宽限制，或用自己的配方压缩</translation>
        </message>
        <message>
            <source>no candidate of this preset fits this model: {0}</source>
            <translation>这个预设没有适合此模型的候选：{0}</translation>
        </message>
        <message>
            <source>compress it with a recipe of your own; techniques are listed by: flyweight techniques</source>
            <translation>请用自己的配方压缩；技术可用 flyweight techniques 列出</translation>
        </message>
        <message>
            <source>without data no candidate can be judged</source>
            <translation>没有数据就无法评判候选</translation>
        </message>
        <message>
            <source>give --data: a set with labels, as for training</source>
            <translation>请给出 --data：与训练所用一样带标签的数据集</translation>
        </message>
        <message>
            <source>{0} samples cannot be shown</source>
            <translation>不能显示 {0} 个样本</translation>
        </message>
        <message>
            <source>name a number from 1 to {0}</source>
            <translation>请给出 1 到 {0} 的数</translation>
        </message>
        <message>
            <source>there is nothing to write to {0}: {1} holds no readings</source>
            <translation>没有可写入 {0} 的内容：{1} 中没有测量记录</translation>
        </message>
        <message>
            <source>measure: flyweight measure BUNDLE TARGET, or: flyweight demo --quick</source>
            <translation>先测量：flyweight measure BUNDLE TARGET，或：flyweight demo --quick</translation>
        </message>
        <message>
            <source>name a file that ends in one of {0}</source>
            <translation>请使用以 {0} 之一结尾的文件名</translation>
        </message>
        <message>
            <source>nothing was measured on '{0}'</source>
            <translation>“{0}”上没有测量过</translation>
        </message>
        <message>
            <source>known: {0}; measure: flyweight measure BUNDLE TARGET, or: flyweight demo --quick</source>
            <translation>已知：{0}；测量：flyweight measure BUNDLE TARGET，或：flyweight demo --quick</translation>
        </message>
        <message>
            <source>{0} has no variants of {1}</source>
            <translation>{0} 没有 {1} 的变体</translation>
        </message>
        <message>
            <source>{0} has no variants</source>
            <translation>{0} 没有变体</translation>
        </message>
        <message>
            <source>make some: flyweight compress MODEL --preset size --data DATA</source>
            <translation>制作：flyweight compress MODEL --preset size --data DATA</translation>
        </message>
        <message>
            <source>there is no report as '{0}'</source>
            <translation>没有“{0}”形式的报告</translation>
        </message>
        <message>
            <source>{0} cannot be turned into a module</source>
            <translation>{0} 不能变成模块</translation>
        </message>
        <message>
            <source>give the ONNX file or PyTorch code</source>
            <translation>请给出 ONNX 文件或 PyTorch 代码</translation>
        </message>
        <message>
            <source>a sparsity is 0 to 1, a bit-width 2 to 16</source>
            <translation>稀疏度为 0 到 1，位宽为 2 到 16</translation>
        </message>
        <message>
            <source>for example 0.5 and 4</source>
            <translation>例如 0.5 和 4</translation>
        </message>
        <message>
            <source>the agent of that run did not look</source>
            <translation>那次运行的代理没有查看</translation>
        </message>
        <message>
            <source>a scenario shows what its load does</source>
            <translation>场景本身显示其负载的影响</translation>
        </message>
        <message>
            <source>{0} has no reading of '{1}'</source>
            <translation>{0} 没有“{1}”的测量记录</translation>
        </message>
        <message>
            <source>{0} measured {1} models</source>
            <translation>{0} 测量了 {1} 个模型</translation>
        </message>
        <message>
            <source>add --model: {0}</source>
            <translation>请加上 --model：{0}</translation>
        </message>
        <message>
            <source>slot '{0}' of {1} has no release</source>
            <translation>{1} 的槽位“{0}”没有发布版本</translation>
        </message>
        <message>
            <source>slots with releases: {0}</source>
            <translation>有发布版本的槽位：{0}</translation>
        </message>
        <message>
            <source>'{0}' is no published table</source>
            <translation>“{0}”不是公开的表</translation>
        </message>
        <message>
            <source>{0} ms is no latency</source>
            <translation>{0} ms 不是延迟</translation>
        </message>
        <message>
            <source>give --anchor {0}=MILLISECONDS</source>
            <translation>请给出 --anchor {0}=毫秒数</translation>
        </message>
        <message>
            <source>'{0}' was not measured on this board</source>
            <translation>“{0}”没有在此板卡上测量过</translation>
        </message>
        <message>
            <source>measure it: flyweight measure {0} TARGET</source>
            <translation>请测量它：flyweight measure {0} TARGET</translation>
        </message>
        <message>
            <source>no model that other boards have is known on '{0}' with {1} threads</source>
            <translation>其他板卡测过的模型中，没有一个在“{0}”上以 {1} 个线程已知</translation>
        </message>
        <message>
            <source>most telling first: {0} (flyweight measure BUNDLE TARGET)</source>
            <translation>最能说明问题的在前：{0}（flyweight measure BUNDLE TARGET）</translation>
        </message>
        <message>
            <source>most telling first: {0} (--anchor MODEL=MS|BUNDLE)</source>
            <translation>最能说明问题的在前：{0}（--anchor MODEL=MS|BUNDLE）</translation>
        </message>
        <message>
            <source>fewer than {0} configurations of other boards have '{1}'</source>
            <translation>其他板卡中有“{1}”的配置少于 {0} 个</translation>
        </message>
        <message>
            <source>known of others: {0}</source>
            <translation>其他板卡已知的：{0}</translation>
        </message>
        <message>
            <source>--anchor names models of a published table</source>
            <translation>--anchor 指的是公开表中的模型</translation>
        </message>
        <message>
            <source>add --published ncnn</source>
            <translation>请加上 --published ncnn</translation>
        </message>
        <message>
            <source>{0}; connecting again</source>
            <translation>{0}；重新连接</translation>
        </message>
        <message>
            <source>watching for {0} s is outside the limits</source>
            <translation>观察 {0} 秒超出限制</translation>
        </message>
        <message>
            <source>a look every {0} s is outside the limits</source>
            <translation>每 {0} 秒查看一次超出限制</translation>
        </message>
        <message>
            <source>choose {0} to {1} s</source>
            <translation>请选择 {0} 到 {1} 秒</translation>
        </message>
        <message>
            <source>open axes of the input became as long as the data, because a module is made of known sizes: {0}</source>
            <translation>输入的可变轴已固定为数据的长度，因为模块需要已知尺寸：{0}</translation>
        </message>
        <message>
            <source>{0} ({1}) cannot be turned into an ONNX graph or a module</source>
            <translation>{0}（{1}）不能变成 ONNX 图或模块</translation>
        </message>
        <message>
            <source>give the ONNX file or the PyTorch code (module:factory) it was made from</source>
            <translation>请给出它的 ONNX 文件或 PyTorch 代码（module:factory）</translation>
        </message>
        <message>
            <source>move the folder {0} away (its model file may still be good) and compress again</source>
            <translation>把文件夹 {0} 移到别处（其中的模型文件可能仍完好），然后重新压缩</translation>
        </message>
        <message>
            <source>the model file of variant '{0}' is gone: {1}</source>
            <translation>变体“{0}”的模型文件已不存在：{1}</translation>
        </message>
        <message>
            <source>put it back, or make it again with the same recipe: flyweight compress</source>
            <translation>请将其放回，或用相同配方重新生成：flyweight compress</translation>
        </message>
        <message>
            <source>delete that file and bundle the variant again</source>
            <translation>删除该文件并重新打包该变体</translation>
        </message>
        <message>
            <source>cannot write to {0}: {1}</source>
            <translation>无法写入 {0}：{1}</translation>
        </message>
        <message>
            <source>choose a folder with --project DIR</source>
            <translation>请用 --project DIR 选择文件夹</translation>
        </message>
        <message>
            <source>{0} is not a folder</source>
            <translation>{0} 不是文件夹</translation>
        </message>
        <message>
            <source>give a folder to --project</source>
            <translation>请给 --project 一个文件夹</translation>
        </message>
        <message>
            <source>the blob {0} does not have the content its name promises</source>
            <translation>数据块 {0} 的内容与名称不符</translation>
        </message>
        <message>
            <source>delete that file and make the variant again</source>
            <translation>请删除该文件并重新制作变体</translation>
        </message>
        <message>
            <source>the blob {0} is not in {1}</source>
            <translation>数据块 {0} 不在 {1} 中</translation>
        </message>
        <message>
            <source>make the variant again</source>
            <translation>请重新制作变体</translation>
        </message>
        <message>
            <source>cannot create {0}: {1}</source>
            <translation>无法创建 {0}：{1}</translation>
        </message>
        <message>
            <source>make the folder writable or set {0}</source>
            <translation>请让文件夹可写，或设置 {0}</translation>
        </message>
        <message>
            <source>install Flyweight again</source>
            <translation>请重新安装 Flyweight</translation>
        </message>
        <message>
            <source>{0} has schema {1}, not {2}</source>
            <translation>{0} 的格式版本为 {1}，不是 {2}</translation>
        </message>
        <message>
            <source>{0} belongs to another program</source>
            <translation>{0} 属于另一个程序</translation>
        </message>
        <message>
            <source>give another file or URL</source>
            <translation>请给出其他文件或 URL</translation>
        </message>
        <message>
            <source>{0} has version {1}, has to be brought to {2} and may not be written</source>
            <translation>{0} 的版本为 {1}，需要升级到 {2}，但它不可写</translation>
        </message>
        <message>
            <source>there is no driver {0}</source>
            <translation>没有驱动程序 {0}</translation>
        </message>
        <message>
            <source>use sqlite:///FILE or postgresql+psycopg://...</source>
            <translation>请使用 sqlite:///FILE 或 postgresql+psycopg://...</translation>
        </message>
        <message>
            <source>pip install {0}</source>
            <translation>pip install {0}</translation>
        </message>
        <message>
            <source>profiles are not kept in {0}</source>
            <translation>档案不能保存在 {0} 中</translation>
        </message>
        <message>
            <source>use sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE in FLYWEIGHT_PROFILES</source>
            <translation>在 FLYWEIGHT_PROFILES 中使用 sqlite:///FILE 或 postgresql+psycopg://USER@HOST/DATABASE</translation>
        </message>
        <message>
            <source>'{0}' is no database URL</source>
            <translation>“{0}”不是数据库 URL</translation>
        </message>
        <message>
            <source>make it writable or set XDG_DATA_HOME</source>
            <translation>请让它可写，或设置 XDG_DATA_HOME</translation>
        </message>
        <message>
            <source>the profile store {0} has version {1}, this program knows {2}: it is read-only here</source>
            <translation>画像库 {0} 为版本 {1}，本程序支持 {2}：在此只读</translation>
        </message>
        <message>
            <source>update Flyweight, or name another store in FLYWEIGHT_PROFILES</source>
            <translation>更新 Flyweight，或在 FLYWEIGHT_PROFILES 中指定另一个画像库</translation>
        </message>
        <message>
            <source>readings cannot be written as '{0}'</source>
            <translation>测量记录不能写成“{0}”</translation>
        </message>
        <message>
            <source>use json, csv or markdown</source>
            <translation>请使用 json、csv 或 markdown</translation>
        </message>
        <message>
            <source>look at the server's log</source>
            <translation>查看服务器的日志</translation>
        </message>
        <message>
            <source>{0} cannot be reached: {1}</source>
            <translation>无法连接 {0}：{1}</translation>
        </message>
        <message>
            <source>start the server, and check host and port</source>
            <translation>启动服务器，并检查主机和端口</translation>
        </message>
        <message>
            <source>make room on the server</source>
            <translation>在服务器上腾出空间</translation>
        </message>
        <message>
            <source>grant the user CREATE, SELECT, INSERT and UPDATE</source>
            <translation>授予该用户 CREATE、SELECT、INSERT 和 UPDATE 权限</translation>
        </message>
        <message>
            <source>{0}: there is no such database</source>
            <translation>{0}：没有这个数据库</translation>
        </message>
        <message>
            <source>create it with createdb, or name another one in FLYWEIGHT_PROFILES</source>
            <translation>用 createdb 创建它，或在 FLYWEIGHT_PROFILES 中指定另一个</translation>
        </message>
        <message>
            <source>{0} refuses the login: {1}</source>
            <translation>{0} 拒绝登录：{1}</translation>
        </message>
        <message>
            <source>check user and password in FLYWEIGHT_PROFILES</source>
            <translation>检查 FLYWEIGHT_PROFILES 中的用户名和密码</translation>
        </message>
        <message>
            <source>the rights of {0} or of {1} do not allow it</source>
            <translation>{0} 或 {1} 的权限不允许</translation>
        </message>
        <message>
            <source>rows wait in {0}-wal, and to take them in {1} has to be writable</source>
            <translation>{0}-wal 中还有待写入的行，要并入它们，{1} 必须可写</translation>
        </message>
        <message>
            <source>there is no folder {0}</source>
            <translation>没有文件夹 {0}</translation>
        </message>
        <message>
            <source>it is a folder</source>
            <translation>它是一个文件夹</translation>
        </message>
        <message>
            <source>{0} cannot be used: {1}</source>
            <translation>{0} 无法使用：{1}</translation>
        </message>
        <message>
            <source>save what is whole: flyweight profile check --salvage</source>
            <translation>请保存完好的部分：flyweight profile check --salvage</translation>
        </message>
        <message>
            <source>check the disk, the folder and its rights</source>
            <translation>请检查磁盘、文件夹及其权限</translation>
        </message>
        <message>
            <source>{0} is no database of SQLite</source>
            <translation>{0} 不是 SQLite 数据库</translation>
        </message>
        <message>
            <source>name another store in FLYWEIGHT_PROFILES; if this was your store, save what is whole: flyweight profile check --salvage</source>
            <translation>在 FLYWEIGHT_PROFILES 中指定另一个画像库；如果它是你的，先抢救完好的部分：flyweight profile check --salvage</translation>
        </message>
        <message>
            <source>{0} cannot be opened: {1}</source>
            <translation>无法打开 {0}：{1}</translation>
        </message>
        <message>
            <source>mend that, or name another store in FLYWEIGHT_PROFILES</source>
            <translation>解决此问题，或在 FLYWEIGHT_PROFILES 中指定另一个画像库</translation>
        </message>
        <message>
            <source>{0}: the disk of {1} is full</source>
            <translation>{0}：{1} 所在的磁盘已满</translation>
        </message>
        <message>
            <source>make room there, or name another store in FLYWEIGHT_PROFILES</source>
            <translation>在那里腾出空间，或在 FLYWEIGHT_PROFILES 中指定另一个画像库</translation>
        </message>
        <message>
            <source>{0} is held by another program</source>
            <translation>{0} 被另一个程序占用</translation>
        </message>
        <message>
            <source>try again when it has finished</source>
            <translation>请等它完成后重试</translation>
        </message>
        <message>
            <source>{0} may be read and not written here</source>
            <translation>{0} 在这里只能读取，不能写入</translation>
        </message>
        <message>
            <source>make the file and its folder writable (chmod u+w), or name another store in FLYWEIGHT_PROFILES</source>
            <translation>让该文件及其文件夹可写（chmod u+w），或在 FLYWEIGHT_PROFILES 中指定另一个画像库</translation>
        </message>
        <message>
            <source>no fresh reading</source>
            <translation>没有新的测量记录</translation>
        </message>
        <message>
            <source>nothing measured yet</source>
            <translation>尚未测量</translation>
        </message>
        <message>
            <source>one board at a time: flyweight profile export FILE.pack --board BOARD</source>
            <translation>一次导出一块板卡：flyweight profile export FILE.pack --board BOARD</translation>
        </message>
        <message>
            <source>the profile pack cannot be used: {0}</source>
            <translation>画像包无法使用：{0}</translation>
        </message>
        <message>
            <source>it is no profile pack</source>
            <translation>它不是画像包</translation>
        </message>
        <message>
            <source>ask for one again; it is written by: flyweight profile export FILE.pack</source>
            <translation>请对方重新给一份；它由此命令写出：flyweight profile export FILE.pack</translation>
        </message>
        <message>
            <source>it is no JSON document</source>
            <translation>它不是 JSON 文档</translation>
        </message>
        <message>
            <source>a row cannot be read ({0})</source>
            <translation>有一行无法读取（{0}）</translation>
        </message>
        <message>
            <source>{0} are no list</source>
            <translation>{0} 不是列表</translation>
        </message>
        <message>
            <source>its signature does not fit: it was changed after it was signed</source>
            <translation>签名不符：签名之后它被改动过</translation>
        </message>
        <message>
            <source>it holds text or numbers that are none</source>
            <translation>它含有无效的文本或数字</translation>
        </message>
        <message>
            <source>the pack is signed by the unknown key {0}</source>
            <translation>画像包由未知的密钥 {0} 签名</translation>
        </message>
        <message>
            <source>if you know where it comes from: flyweight profile import FILE --accept-key {0}</source>
            <translation>如果你知道它的来源：flyweight profile import FILE --accept-key {0}</translation>
        </message>
        <message>
            <source>its key is no key</source>
            <translation>它的密钥无效</translation>
        </message>
        <message>
            <source>the pack has version {0}, this program knows {1}</source>
            <translation>画像包的版本为 {0}，本程序只认识 {1}</translation>
        </message>
        <message>
            <source>a cost model needs at least one latency above zero</source>
            <translation>成本模型至少需要一个大于零的延迟</translation>
        </message>
        <message>
            <source>measure something first</source>
            <translation>请先测量一些内容</translation>
        </message>
        <message>
            <source>the cost model is of another version</source>
            <translation>成本模型属于另一个版本</translation>
        </message>
        <message>
            <source>fit it again</source>
            <translation>请重新拟合</translation>
        </message>
        <message>
            <source>published/{0}.csv: {1}</source>
            <translation>published/{0}.csv：{1}</translation>
        </message>
        <message>
            <source>cannot move {0}: {1}</source>
            <translation>无法移动 {0}：{1}</translation>
        </message>
        <message>
            <source>make the folder writable</source>
            <translation>请使文件夹可写</translation>
        </message>
        <message>
            <source>there is no store at {0}</source>
            <translation>{0} 处没有画像库</translation>
        </message>
        <message>
            <source>nothing has to be salvaged; FLYWEIGHT_PROFILES names another store</source>
            <translation>没有需要抢救的内容；FLYWEIGHT_PROFILES 可指定另一个档案库</translation>
        </message>
        <message>
            <source>it is not well formed: {0}</source>
            <translation>格式不正确：{0}</translation>
        </message>
        <message>
            <source>it cannot be read ({0})</source>
            <translation>无法读取（{0}）</translation>
        </message>
        <message>
            <source>the row does not have its hash</source>
            <translation>该行与其哈希不符</translation>
        </message>
        <message>
            <source>the raw samples are not those the reading names</source>
            <translation>原始样本不是测量记录所指的那些</translation>
        </message>
        <message>
            <source>known boards: {0}</source>
            <translation>已知的板卡：{0}</translation>
        </message>
        <message>
            <source>the raw samples {0} are missing or damaged</source>
            <translation>原始样本 {0} 缺失或损坏</translation>
        </message>
        <message>
            <source>the same bundle</source>
            <translation>同一部署包</translation>
        </message>
        <message>
            <source>no other board has measured these models</source>
            <translation>没有其他板卡测量过这些模型</translation>
        </message>
        <message>
            <source>{0} configurations are known</source>
            <translation>已知 {0} 个配置</translation>
        </message>
        <message>
            <source>transfer needs at least {0}</source>
            <translation>迁移至少需要 {0}</translation>
        </message>
        <message>
            <source>verified.json: {0}</source>
            <translation>verified.json：{0}</translation>
        </message>
        <message>
            <source>verified.json has schema {0}</source>
            <translation>verified.json 的格式版本为 {0}</translation>
        </message>
        <message>
            <source>power_sensor</source>
            <translation>功率传感器</translation>
        </message>
        <message>
            <source>ram_mb</source>
            <translation>内存 (MB)</translation>
        </message>
        <message>
            <source>isa</source>
            <translation>指令集</translation>
        </message>
        <message>
            <source>model</source>
            <translation>型号</translation>
        </message>
        <message>
            <source>compatible</source>
            <translation>兼容标识</translation>
        </message>
        <message>
            <source>a board has at most {0}</source>
            <translation>一块板卡最多有 {0} 个</translation>
        </message>
        <message>
            <source>remove one first</source>
            <translation>请先移除一个</translation>
        </message>
        <message>
            <source>order {0} comes after {1}</source>
            <translation>指令 {0} 在 {1} 之后</translation>
        </message>
        <message>
            <source>the order is for another board</source>
            <translation>该指令是给另一块板卡的</translation>
        </message>
        <message>
            <source>send it to this board</source>
            <translation>请发给这块板卡</translation>
        </message>
        <message>
            <source>the order does not change adapters</source>
            <translation>该指令不更改适配器</translation>
        </message>
        <message>
            <source>update Flyweight on both sides</source>
            <translation>请更新两边的 Flyweight</translation>
        </message>
        <message>
            <source>the answers take {0} MB</source>
            <translation>答复占 {0} MB</translation>
        </message>
        <message>
            <source>send fewer samples at once</source>
            <translation>请一次少发一些样本</translation>
        </message>
        <message>
            <source>the samples are not on the board</source>
            <translation>样本不在板卡上</translation>
        </message>
        <message>
            <source>send them again</source>
            <translation>请重新发送</translation>
        </message>
        <message>
            <source>give the agent a user of its own: on the board sudo adduser flyweight, here flyweight device add NAME flyweight@HOST; or say that root is meant: flyweight device add NAME USER@HOST --allow-root</source>
            <translation>给代理程序一个专用用户：在板卡上运行 sudo adduser flyweight，在此处运行 flyweight device add NAME flyweight@HOST；或者明确允许 root：flyweight device add NAME USER@HOST --allow-root</translation>
        </message>
        <message>
            <source>a model beside cannot run: {0}</source>
            <translation>旁边的模型无法运行：{0}</translation>
        </message>
        <message>
            <source>each entry has 1 to {0} processes, candidates share one</source>
            <translation>每个条目有 1 至 {0} 个进程，候选者共用一个</translation>
        </message>
        <message>
            <source>ask for fewer</source>
            <translation>请减少数量</translation>
        </message>
        <message>
            <source>candidates share one process; nothing can run beside</source>
            <translation>候选共用一个进程，旁边不能运行别的</translation>
        </message>
        <message>
            <source>measure without slots</source>
            <translation>请不带槽位测量</translation>
        </message>
        <message>
            <source>energy and operators of at most {0} entries</source>
            <translation>能耗与算子最多 {0} 项</translation>
        </message>
        <message>
            <source>split the plan</source>
            <translation>请拆分计划</translation>
        </message>
        <message>
            <source>a plan has 1 to {0} entries</source>
            <translation>一个计划有 1 到 {0} 项</translation>
        </message>
        <message>
            <source>a model of another slot did not run beside to the end</source>
            <translation>另一个槽位的模型没有一直并行运行到结束</translation>
        </message>
        <message>
            <source>see that the board has memory for both, then measure again</source>
            <translation>请确认板卡内存足以同时容纳两者，然后重新测量</translation>
        </message>
        <message>
            <source>repair the file</source>
            <translation>请修复文件</translation>
        </message>
        <message>
            <source>the model crashed its process ({0}){1}</source>
            <translation>模型使其进程崩溃（{0}）{1}</translation>
        </message>
        <message>
            <source>the system killed the model's process: out of memory or CPU time</source>
            <translation>系统结束了模型的进程：内存或 CPU 时间不足</translation>
        </message>
        <message>
            <source>the model used more CPU time than allowed and was stopped</source>
            <translation>模型用的 CPU 时间超过允许，已停止</translation>
        </message>
        <message>
            <source>the model's process broke its channel</source>
            <translation>模型的进程破坏了通道</translation>
        </message>
        <message>
            <source>check the model on the desktop</source>
            <translation>请在本机检查模型</translation>
        </message>
        <message>
            <source>the model did not answer in time and was stopped</source>
            <translation>模型没有及时回答，已停止</translation>
        </message>
        <message>
            <source>a chunk came where a message was expected</source>
            <translation>应收到消息，却收到了数据块</translation>
        </message>
        <message>
            <source>frame announces {0} bytes, the cap is {1}</source>
            <translation>帧声明有 {0} 字节，上限为 {1}</translation>
        </message>
        <message>
            <source>unknown kind of frame: 0x{0}</source>
            <translation>未知的帧类型：0x{0}</translation>
        </message>
        <message>
            <source>chunk of {0} bytes is outside 1..{1}</source>
            <translation>{0} 字节的数据块超出 1..{1}</translation>
        </message>
        <message>
            <source>message of {0} bytes exceeds the cap of {1}</source>
            <translation>{0} 字节的消息超过上限 {1}</translation>
        </message>
        <message>
            <source>message cannot be encoded: {0}</source>
            <translation>消息无法编码：{0}</translation>
        </message>
        <message>
            <source>frame holds a {0} where an object is expected</source>
            <translation>帧中是 {0}，而应为对象</translation>
        </message>
        <message>
            <source>frame is not JSON: {0}</source>
            <translation>帧不是 JSON：{0}</translation>
        </message>
        <message>
            <source>JSON of {0} bytes exceeds the cap of {1}</source>
            <translation>{0} 字节的 JSON 超过上限 {1}</translation>
        </message>
        <message>
            <source>JSON holds a number that is not finite</source>
            <translation>JSON 中有非有限的数</translation>
        </message>
        <message>
            <source>JSON holds an integer beyond 64 bits</source>
            <translation>JSON 中有超过 64 位的整数</translation>
        </message>
        <message>
            <source>JSON is nested deeper than {0}</source>
            <translation>JSON 嵌套超过 {0} 层</translation>
        </message>
        <message>
            <source>JSON object names a key twice</source>
            <translation>JSON 对象中有重复的键</translation>
        </message>
        <message>
            <source>JSON holds {0}, which is not a number of the contract</source>
            <translation>JSON 中有 {0}，它不是约定允许的数</translation>
        </message>
        <message>
            <source>try again; look at the board's disk and memory</source>
            <translation>请重试；查看板的磁盘和内存</translation>
        </message>
        <message>
            <source>the PNG uses an unknown filter {0}</source>
            <translation>PNG 使用了未知的滤波器 {0}</translation>
        </message>
        <message>
            <source>send an intact PNG</source>
            <translation>请发送完好的 PNG</translation>
        </message>
        <message>
            <source>the PNG is damaged at byte {0}</source>
            <translation>PNG 在第 {0} 字节处损坏</translation>
        </message>
        <message>
            <source>the PNG's palette is damaged</source>
            <translation>PNG 的调色板已损坏</translation>
        </message>
        <message>
            <source>the PNG ends too early</source>
            <translation>PNG 提前结束</translation>
        </message>
        <message>
            <source>the PNG is damaged: {0}</source>
            <translation>PNG 已损坏：{0}</translation>
        </message>
        <message>
            <source>a PNG of {0} x {1} pixels is not read</source>
            <translation>不读取 {0} x {1} 像素的 PNG</translation>
        </message>
        <message>
            <source>scale it down</source>
            <translation>请将它缩小</translation>
        </message>
        <message>
            <source>a PNG of {0} bits, colour type {1}, interlace {2} is not read</source>
            <translation>不读取 {0} 位、颜色类型 {1}、隔行方式 {2} 的 PNG</translation>
        </message>
        <message>
            <source>save it with 8 bits and without interlacing</source>
            <translation>请保存为 8 位且不隔行</translation>
        </message>
        <message>
            <source>the PNG holds no image</source>
            <translation>PNG 中没有图像</translation>
        </message>
        <message>
            <source>not a PNG file</source>
            <translation>不是 PNG 文件</translation>
        </message>
        <message>
            <source>not a JPEG file: {0}</source>
            <translation>不是 JPEG 文件：{0}</translation>
        </message>
        <message>
            <source>send an intact file</source>
            <translation>请发送完好的文件</translation>
        </message>
        <message>
            <source>the image has more than {0} pixels</source>
            <translation>图像超过 {0} 像素</translation>
        </message>
        <message>
            <source>this board has no JPEG decoder (Pillow)</source>
            <translation>此板卡没有 JPEG 解码器（Pillow）</translation>
        </message>
        <message>
            <source>send PNG files instead</source>
            <translation>请改为发送 PNG 文件</translation>
        </message>
        <message>
            <source>the .npy file holds no plain array of numbers</source>
            <translation>.npy 文件中不是普通的数字数组</translation>
        </message>
        <message>
            <source>save it with numpy.save</source>
            <translation>请用 numpy.save 保存</translation>
        </message>
        <message>
            <source>not a .npy file: {0}</source>
            <translation>不是 .npy 文件：{0}</translation>
        </message>
        <message>
            <source>the CSV holds no plain numbers: {0}</source>
            <translation>CSV 中不是普通数字：{0}</translation>
        </message>
        <message>
            <source>give one line of comma-separated numbers</source>
            <translation>请提供一行以逗号分隔的数字</translation>
        </message>
        <message>
            <source>the sample has {0} values, the model takes {1} {2}</source>
            <translation>样本有 {0} 个值，模型需要 {1} {2}</translation>
        </message>
        <message>
            <source>an image of {0} channels is not known</source>
            <translation>不支持 {0} 通道的图像</translation>
        </message>
        <message>
            <source>pixels must be uint8 of shape [h, w] or [h, w, c], got {0} {1}</source>
            <translation>像素必须是形状为 [h, w] 或 [h, w, c] 的 uint8，得到的是 {0} {1}</translation>
        </message>
        <message>
            <source>the image has {0} channels, the model takes {1}</source>
            <translation>图像有 {0} 个通道，模型需要 {1} 个</translation>
        </message>
        <message>
            <source>unknown kind of sample: {0}</source>
            <translation>未知的样本类型：{0}</translation>
        </message>
        <message>
            <source>give .png, .jpg, .npy or .csv files</source>
            <translation>请提供 .png、.jpg、.npy 或 .csv 文件</translation>
        </message>
        <message>
            <source>the model takes {0}, not a {1}</source>
            <translation>模型需要 {0}，而不是 {1}</translation>
        </message>
        <message>
            <source>give {0}.npy or .csv files</source>
            <translation>请提供 {0}.npy 或 .csv 文件</translation>
        </message>
        <message>
            <source>{0}: {1} of {2} does not fit {3} channels</source>
            <translation>{0}：{2} 的 {1} 与 {3} 个通道不符</translation>
        </message>
        <message>
            <source>{0}: {1} channels do not fit {2}</source>
            <translation>{0}：{1} 个通道与 {2} 不符</translation>
        </message>
        <message>
            <source>{0}: an image has three axes, the contract has {1}</source>
            <translation>{0}：图像有三个轴，约定中有 {1} 个</translation>
        </message>
        <message>
            <source>the output's kind {0} is not known</source>
            <translation>未知的输出类型 {0}</translation>
        </message>
        <message>
            <source>{0}: a rate of {1} Hz</source>
            <translation>{0}：采样率为 {1} Hz</translation>
        </message>
        <message>
            <source>{0}: the shape {1} holds no waveform</source>
            <translation>{0}：形状 {1} 不是波形</translation>
        </message>
        <message>
            <source>{0}: a quantization scale of {1}</source>
            <translation>{0}：量化比例为 {1}</translation>
        </message>
        <message>
            <source>{0}: the shape {1} is not possible</source>
            <translation>{0}：不可能的形状 {1}</translation>
        </message>
        <message>
            <source>{0} of {1} samples have another top-1 although the margin is clear</source>
            <translation>{1} 个样本中有 {0} 个在差距明显时首选类别仍不同</translation>
        </message>
        <message>
            <source>sample {0} differs by {1}, allowed is {2}</source>
            <translation>样本 {0} 相差 {1}，允许 {2}</translation>
        </message>
        <message>
            <source>the output holds values that are not finite</source>
            <translation>输出含有非有限的值</translation>
        </message>
        <message>
            <source>output has shape {0}, expected {1}</source>
            <translation>输出形状为 {0}，应为 {1}</translation>
        </message>
        <message>
            <source>{0}: no golden sample {1}</source>
            <translation>{0}：没有黄金样本 {1}</translation>
        </message>
        <message>
            <source>a release needs at least {0} golden samples, this has {1}</source>
            <translation>发布至少需要 {0} 个黄金样本，此处只有 {1} 个</translation>
        </message>
        <message>
            <source>{0}: a tolerance below zero</source>
            <translation>{0}：容差小于零</translation>
        </message>
        <message>
            <source>{0}: unknown kind of tolerance {1}</source>
            <translation>{0}：未知的容差类型 {1}</translation>
        </message>
        <message>
            <source>{0}: {1} is no name of a format</source>
            <translation>{0}：{1} 不是格式名称</translation>
        </message>
        <message>
            <source>{0}: hash or size is not of its form</source>
            <translation>{0}：哈希或大小的格式不对</translation>
        </message>
        <message>
            <source>{0} is no name for a file in a bundle</source>
            <translation>{0} 不能作为部署包中的文件名</translation>
        </message>
        <message>
            <source>unknown purpose {0}</source>
            <translation>未知的用途 {0}</translation>
        </message>
        <message>
            <source>the manifest names no model</source>
            <translation>清单中没有模型</translation>
        </message>
        <message>
            <source>the manifest names {0} files, or one twice</source>
            <translation>清单列出了 {0} 个文件，或有重复</translation>
        </message>
        <message>
            <source>the bundle's name {0} is not of the form letters, digits, . _ -</source>
            <translation>部署包名称 {0} 只能由字母、数字和 . _ - 组成</translation>
        </message>
        <message>
            <source>the bundle has schema {0}, this side reads {1}</source>
            <translation>部署包的格式版本是 {0}，此端读取 {1}</translation>
        </message>
        <message>
            <source>update Flyweight on the older side</source>
            <translation>请更新较旧一端的 Flyweight</translation>
        </message>
        <message>
            <source>the manifest does not name the file {0}</source>
            <translation>清单中没有文件 {0}</translation>
        </message>
        <message>
            <source>{0}: expected {1}, got {2}</source>
            <translation>{0}：应为 {1}，得到的是 {2}</translation>
        </message>
        <message>
            <source>{0}: expected an object</source>
            <translation>{0}：应为对象</translation>
        </message>
        <message>
            <source>{0}: expected a list</source>
            <translation>{0}：应为列表</translation>
        </message>
        <message>
            <source>{0}: the field '{1}' is missing</source>
            <translation>{0}：缺少字段“{1}”</translation>
        </message>
        <message>
            <source>{0}: expected an object, got {1}</source>
            <translation>{0}：应为对象，得到的是 {1}</translation>
        </message>
        <message>
            <source>a packed model of version {0} and {1} bytes is not read</source>
            <translation>不读取版本 {0}、{1} 字节的打包模型</translation>
        </message>
        <message>
            <source>the packed model is damaged: {0}</source>
            <translation>打包的模型已损坏：{0}</translation>
        </message>
        <message>
            <source>pack it again</source>
            <translation>请重新打包</translation>
        </message>
        <message>
            <source>this is no packed model</source>
            <translation>这不是打包的模型</translation>
        </message>
        <message>
            <source>give a file made by Flyweight</source>
            <translation>请给出 Flyweight 制作的文件</translation>
        </message>
        <message>
            <source>the recording is longer than 64 million samples at {0} Hz</source>
            <translation>录音在 {0} Hz 下超过 6400 万个采样</translation>
        </message>
        <message>
            <source>cut it</source>
            <translation>请将它剪短</translation>
        </message>
        <message>
            <source>a recording of {0} bits, {1} channels, {2} Hz and {3} bytes</source>
            <translation>录音为 {0} 位、{1} 通道、{2} Hz、{3} 字节</translation>
        </message>
        <message>
            <source>give an intact PCM .wav of 8, 16, 24 or 32 bits</source>
            <translation>请提供完好的 8、16、24 或 32 位 PCM .wav</translation>
        </message>
        <message>
            <source>not a .wav file: {0}</source>
            <translation>不是 .wav 文件：{0}</translation>
        </message>
        <message>
            <source>the recording is longer than 64 million samples</source>
            <translation>录音超过 6400 万个采样</translation>
        </message>
        <message>
            <source>{0} is no name of a job</source>
            <translation>{0} 不是任务名称</translation>
        </message>
        <message>
            <source>there is no job {0} on this board</source>
            <translation>这块板卡上没有任务 {0}</translation>
        </message>
        <message>
            <source>{0} cannot be detached</source>
            <translation>{0} 不能脱离连接运行</translation>
        </message>
        <message>
            <source>{0} is no library that was installed on the board</source>
            <translation>{0} 不是装在板卡上的库</translation>
        </message>
        <message>
            <source>install the delegate on the board, outside of {0}, and name its full path</source>
            <translation>请在板卡上 {0} 之外安装委托，并给出完整路径</translation>
        </message>
        <message>
            <source>the entry has no process</source>
            <translation>该项没有进程</translation>
        </message>
        <message>
            <source>{0} holds a link or a name outside its folder</source>
            <translation>{0} 含有链接或其文件夹之外的名称</translation>
        </message>
        <message>
            <source>this is no wheel of a runtime</source>
            <translation>这不是运行时的 wheel</translation>
        </message>
        <message>
            <source>{0} unpacks to {1} bytes</source>
            <translation>{0} 解开后有 {1} 字节</translation>
        </message>
        <message>
            <source>{0} cannot be unpacked: {1}</source>
            <translation>{0} 无法解开：{1}</translation>
        </message>
        <message>
            <source>deploy again</source>
            <translation>请重新部署</translation>
        </message>
        <message>
            <source>the wheel {0} is not on the board</source>
            <translation>wheel {0} 不在板卡上</translation>
        </message>
        <message>
            <source>an environment needs at least one wheel</source>
            <translation>环境至少需要一个 wheel</translation>
        </message>
        <message>
            <source>update Flyweight on the desktop</source>
            <translation>请更新本机的 Flyweight</translation>
        </message>
        <message>
            <source>an environment is named by 64 hex digits</source>
            <translation>环境以 64 位十六进制命名</translation>
        </message>
        <message>
            <source>the environment {0} is not on the board</source>
            <translation>环境 {0} 不在板卡上</translation>
        </message>
        <message>
            <source>this board has no runtime for the bundle ({0}); it needs {1} and has: {2}</source>
            <translation>这块板卡没有用于该包（{0}）的运行时；需要 {1}，已有：{2}</translation>
        </message>
        <message>
            <source>deploy from a desktop that can bring the wheels, install the runtime on the board, or add its adapter: flyweight device adapter add</source>
            <translation>请从能带来 wheel 的电脑部署，或在板卡上安装运行时，或添加其适配器：flyweight device adapter add</translation>
        </message>
        <message>
            <source>{0} right now (process {1})</source>
            <translation>{0}，就在此刻（进程 {1}）</translation>
        </message>
        <message>
            <source>try again in a moment; it ends with its desktop's command. To end it by force, on the board: kill {0}</source>
            <translation>请稍后重试；它会随其电脑的命令结束。若要强制结束，在板卡上：kill {0}</translation>
        </message>
        <message>
            <source>another desktop changes or measures this board right now</source>
            <translation>另一台电脑正在更改或测量这块板卡</translation>
        </message>
        <message>
            <source>try again in a moment</source>
            <translation>请稍后重试</translation>
        </message>
        <message>
            <source>{0} has this board for {1} since {2} s ago</source>
            <translation>{0} 自 {2} 秒前占用这块板卡：{1}</translation>
        </message>
        <message>
            <source>wait until it is done; if nothing more comes from there the board is free in {0} s</source>
            <translation>请等它完成；如果那边不再有动作，{0} 秒后空出</translation>
        </message>
        <message>
            <source>the board was taken from this desktop: it was silent for more than {0} s, or somebody unlocked the board</source>
            <translation>这块板卡已不归本机：它沉默超过 {0} 秒，或有人解锁了板卡</translation>
        </message>
        <message>
            <source>look at what runs there, then deploy again</source>
            <translation>请查看那里在运行什么，然后重新部署</translation>
        </message>
        <message>
            <source>the file was damaged on the board</source>
            <translation>文件在板卡上损坏</translation>
        </message>
        <message>
            <source>add it again</source>
            <translation>请重新添加</translation>
        </message>
        <message>
            <source>predict: expected 1 to {0} files</source>
            <translation>predict：应为 1 到 {0} 个文件</translation>
        </message>
        <message>
            <source>no runtime of the environment can be imported by Python {0}.{1}</source>
            <translation>Python {0}.{1} 不能导入该环境的任何运行时</translation>
        </message>
        <message>
            <source>on the board: sudo apt-get install -y python3-numpy and then deploy again</source>
            <translation>在板卡上：sudo apt-get install -y python3-numpy，然后重新部署</translation>
        </message>
        <message>
            <source>install a runtime on the board, or use another Python: device add --python</source>
            <translation>请在板卡上安装运行时，或使用其他 Python：device add --python</translation>
        </message>
        <message>
            <source>env.install: expected a list of wheels</source>
            <translation>env.install：应为 wheel 列表</translation>
        </message>
        <message>
            <source>the blob {0} is not on the board</source>
            <translation>数据块 {0} 不在板卡上</translation>
        </message>
        <message>
            <source>the argument '{0}' must be a whole number from 0 on</source>
            <translation>参数“{0}”必须是不小于 0 的整数</translation>
        </message>
        <message>
            <source>the argument '{0}' must be a text</source>
            <translation>参数“{0}”必须是文本</translation>
        </message>
        <message>
            <source>job.read: wait_s must be a number</source>
            <translation>job.read：wait_s 必须是数字</translation>
        </message>
        <message>
            <source>job.start: expected args and deadline_s</source>
            <translation>job.start：应有 args 和 deadline_s</translation>
        </message>
        <message>
            <source>the upload is out of step</source>
            <translation>上传的顺序不对</translation>
        </message>
        <message>
            <source>the record of what runs was damaged on the disk; what serves was read from its links</source>
            <translation>运行内容的记录在磁盘上已损坏；正在服务的内容由其链接读出</translation>
        </message>
        <message>
            <source>a release on trial is over and cannot go back: {0}</source>
            <translation>试运行的发布已结束，无法回退：{0}</translation>
        </message>
        <message>
            <source>the desktop speaks protocol {0}, this agent {1}</source>
            <translation>本机使用协议 {0}，此代理程序使用 {1}</translation>
        </message>
        <message>
            <source>update Flyweight on the older side; 'flyweight device add' installs the agent that fits</source>
            <translation>请更新较旧一边的 Flyweight；flyweight device add 会安装合适的代理程序</translation>
        </message>
        <message>
            <source>the desktop asked for it</source>
            <translation>本机要求如此</translation>
        </message>
        <message>
            <source>this order is not on trial</source>
            <translation>该指令不在试用中</translation>
        </message>
        <message>
            <source>the file {0} is not on the board</source>
            <translation>文件 {0} 不在板卡上</translation>
        </message>
        <message>
            <source>send it again</source>
            <translation>请再次发送</translation>
        </message>
        <message>
            <source>this board has no runtime for slot {0}</source>
            <translation>此板卡没有适合槽位 {0} 的运行时</translation>
        </message>
        <message>
            <source>deploy it again</source>
            <translation>请重新部署</translation>
        </message>
        <message>
            <source>nothing runs in slot {0} (slots: {1})</source>
            <translation>槽位 {0} 中没有运行任何内容（槽位：{1}）</translation>
        </message>
        <message>
            <source>the order names a bundle that is none</source>
            <translation>该指令指定的包不存在</translation>
        </message>
        <message>
            <source>the order names no slot, or one that is none</source>
            <translation>该指令没有写槽位，或写的不是槽位</translation>
        </message>
        <message>
            <source>use letters, digits, . _ -</source>
            <translation>请使用字母、数字和 . _ -</translation>
        </message>
        <message>
            <source>the order is not of the form this agent knows</source>
            <translation>该指令的格式不是此代理程序所知的</translation>
        </message>
        <message>
            <source>what the order says of runtimes is not of its form</source>
            <translation>该指令关于运行时的内容格式不对</translation>
        </message>
        <message>
            <source>the models of all slots need {0} MB together, the board has {1} MB</source>
            <translation>所有槽位的模型共需 {0} MB，板卡有 {1} MB</translation>
        </message>
        <message>
            <source>use a smaller model in one of the slots</source>
            <translation>请在某个槽位使用更小的模型</translation>
        </message>
        <message>
            <source>a board has at most {0} slots</source>
            <translation>一块板卡最多有 {0} 个槽位</translation>
        </message>
        <message>
            <source>use an existing slot</source>
            <translation>请使用已有的槽位</translation>
        </message>
        <message>
            <source>a trial bundle cannot be activated</source>
            <translation>试用包不能激活</translation>
        </message>
        <message>
            <source>make a bundle of the variant</source>
            <translation>请为变体制作包</translation>
        </message>
        <message>
            <source>slot {0} has seen order {1}, this is {2}</source>
            <translation>槽位 {0} 已见过指令 {1}，而这是 {2}</translation>
        </message>
        <message>
            <source>another order came</source>
            <translation>来了另一条指令</translation>
        </message>
        <message>
            <source>deploy to this board</source>
            <translation>请部署到这块板卡</translation>
        </message>
        <message>
            <source>the file {0} of the bundle {1} was damaged on the board</source>
            <translation>包 {1} 的文件 {0} 在板卡上损坏</translation>
        </message>
        <message>
            <source>deploy again: it is sent anew; look after the board's disk</source>
            <translation>请重新部署：会重新发送；并检查板卡的磁盘</translation>
        </message>
        <message>
            <source>the bundle {0} is not verified on this board</source>
            <translation>包 {0} 没有在这块板卡上验证</translation>
        </message>
        <message>
            <source>deploy it first</source>
            <translation>请先部署</translation>
        </message>
        <message>
            <source>the bundle {0} is not verified on {1}</source>
            <translation>包 {0} 没有在 {1} 上验证</translation>
        </message>
        <message>
            <source>deploy it so: flyweight deploy BUNDLE TARGET with the same --runtime, --provider or --delegate</source>
            <translation>请这样部署：flyweight deploy BUNDLE TARGET，用同样的 --runtime、--provider 或 --delegate</translation>
        </message>
        <message>
            <source>the file {0} was damaged on the board</source>
            <translation>文件 {0} 在板卡上损坏</translation>
        </message>
        <message>
            <source>deploy again: it is sent anew</source>
            <translation>请重新部署：会重新发送</translation>
        </message>
        <message>
            <source>the file {0} of the bundle is not on the board</source>
            <translation>包的文件 {0} 不在板卡上</translation>
        </message>
        <message>
            <source>onnxruntime has {0} but cannot use it here and would run on {1}</source>
            <translation>onnxruntime 有 {0} 但在此不能用，会在 {1} 上运行</translation>
        </message>
        <message>
            <source>install the libraries of the provider on the board (CUDA, cuDNN, TensorRT), or measure on the CPU</source>
            <translation>请在板卡上安装提供程序的库（CUDA、cuDNN、TensorRT），或在 CPU 上测量</translation>
        </message>
        <message>
            <source>onnxruntime {0} on this board has no {1}, only: {2}</source>
            <translation>板卡上的 onnxruntime {0} 没有 {1}，只有：{2}</translation>
        </message>
        <message>
            <source>install a build of onnxruntime that has it on the board, or measure on the CPU</source>
            <translation>请在板卡上安装带它的 onnxruntime，或在 CPU 上测量</translation>
        </message>
        <message>
            <source>{0} holds no {1} for {2}</source>
            <translation>{0} 中没有用于 {2} 的 {1}</translation>
        </message>
        <message>
            <source>bundle again</source>
            <translation>请重新打包</translation>
        </message>
        <message>
            <source>nothing of it ran on {0}, all on {1}</source>
            <translation>没有任何部分在 {0} 上运行，全部在 {1} 上</translation>
        </message>
        <message>
            <source>the adapter names no format it takes</source>
            <translation>适配器没有写明它接受的格式</translation>
        </message>
        <message>
            <source>for example: formats = ("rknn",)</source>
            <translation>例如：formats = ("rknn",)</translation>
        </message>
        <message>
            <source>the adapter has no id made of letters, digits, . _ -</source>
            <translation>适配器没有由字母、数字和 . _ - 组成的标识</translation>
        </message>
        <message>
            <source>set its runtime</source>
            <translation>请设置它的 runtime</translation>
        </message>
        <message>
            <source>the adapter lacks {0}</source>
            <translation>适配器缺少 {0}</translation>
        </message>
        <message>
            <source>the file has no ADAPTER that is a Session</source>
            <translation>文件中没有作为 Session 的 ADAPTER</translation>
        </message>
        <message>
            <source>unknown runtime {0}</source>
            <translation>未知的运行时 {0}</translation>
        </message>
        <message>
            <source>the adapter calls itself {0}, like one that comes with the agent</source>
            <translation>适配器自称 {0}，与代理程序自带的相同</translation>
        </message>
        <message>
            <source>give it another id</source>
            <translation>请换一个标识</translation>
        </message>
        <message>
            <source>the file cannot be loaded: {0}: {1}</source>
            <translation>文件无法加载：{0}：{1}</translation>
        </message>
        <message>
            <source>the delegate {0} cannot be used: {1}</source>
            <translation>委托 {0} 不能使用：{1}</translation>
        </message>
        <message>
            <source>install the delegate's library and what it needs on the board, check its options, or use --delegate xnnpack</source>
            <translation>请在板卡上安装委托的库及其依赖，检查选项，或使用 --delegate xnnpack</translation>
        </message>
        <message>
            <source>{0} has no {1}, only: CPU, XNNPACK, DELEGATE</source>
            <translation>{0} 没有 {1}，只有：CPU、XNNPACK、DELEGATE</translation>
        </message>
        <message>
            <source>use --delegate xnnpack, none, or the path of a delegate's library</source>
            <translation>请使用 --delegate xnnpack、none 或委托库的路径</translation>
        </message>
        <message>
            <source>no sensor of this board measures power</source>
            <translation>这块板卡没有测量功率的传感器</translation>
        </message>
        <message>
            <source>this model serves about {0} queries a second here, not {1}</source>
            <translation>此模型在这里每秒约能处理 {0} 个查询，而不是 {1} 个</translation>
        </message>
        <message>
            <source>ask for a lower rate; a little above what it serves shows how a queue grows</source>
            <translation>请降低速率；略高于其处理能力即可看出队列如何增长</translation>
        </message>
        <message>
            <source>bursts have 1 to {0} inferences and rest less than {1} s</source>
            <translation>每次突发包含 1 到 {0} 次推理，静置时间少于 {1} 秒</translation>
        </message>
        <message>
            <source>give a shorter rest</source>
            <translation>请缩短静置时间</translation>
        </message>
        <message>
            <source>no table of {0} columns</source>
            <translation>没有 {0} 列的表</translation>
        </message>
        <message>
            <source>ask for 4 or 5</source>
            <translation>请要求 4 列或 5 列</translation>
        </message>
        <message>
            <source>queries of a {0} scenario need a rate</source>
            <translation>{0} 场景的请求需要速率</translation>
        </message>
        <message>
            <source>give a rate above 0</source>
            <translation>请给出大于 0 的速率</translation>
        </message>
        <message>
            <source>no such scenario: {0}</source>
            <translation>没有这种场景：{0}</translation>
        </message>
        <message>
            <source>the kernel knows no power monitor, and the board's firmware measures no current</source>
            <translation>内核不知道任何功率监测器，板卡的固件也不测电流</translation>
        </message>
        <message>
            <source>{0} kHz is not the clock of a CPU</source>
            <translation>{0} kHz 不是 CPU 的时钟频率</translation>
        </message>
        <message>
            <source>scaling_cur_freq is not readable</source>
            <translation>无法读取时钟频率</translation>
        </message>
        <message>
            <source>no cpufreq policy (virtual machine or container)</source>
            <translation>没有 cpufreq 策略（虚拟机或容器）</translation>
        </message>
        <message>
            <source>{0} tenths of a percent cannot be true</source>
            <translation>千分之 {0} 不可能为真</translation>
        </message>
        <message>
            <source>the load is not readable</source>
            <translation>无法读取负载</translation>
        </message>
        <message>
            <source>{0} Hz is not the clock of a GPU</source>
            <translation>{0} Hz 不是 GPU 的时钟频率</translation>
        </message>
        <message>
            <source>cur_freq is not readable</source>
            <translation>无法读取 GPU 的时钟频率</translation>
        </message>
        <message>
            <source>the alarm is not readable</source>
            <translation>无法读取该告警</translation>
        </message>
        <message>
            <source>{0} {1} cannot be true</source>
            <translation>{0} {1} 不可能为真</translation>
        </message>
        <message>
            <source>the input is not readable</source>
            <translation>无法读取该输入</translation>
        </message>
        <message>
            <source>{0} W cannot be true</source>
            <translation>{0} W 不可能为真</translation>
        </message>
        <message>
            <source>{0} mV and {1} mA cannot be true</source>
            <translation>{0} mV 和 {1} mA 不可能为真</translation>
        </message>
        <message>
            <source>voltage or current is not readable</source>
            <translation>无法读取电压或电流</translation>
        </message>
        <message>
            <source>the rail is not readable</source>
            <translation>无法读取该供电轨</translation>
        </message>
        <message>
            <source>{0} W cannot be true while discharging</source>
            <translation>放电时 {0} W 不可能为真</translation>
        </message>
        <message>
            <source>neither power nor voltage and current are readable</source>
            <translation>功率以及电压和电流都无法读取</translation>
        </message>
        <message>
            <source>the battery does not carry the board ({0})</source>
            <translation>板卡不是由电池供电（{0}）</translation>
        </message>
        <message>
            <source>more than a counter of 64 bits holds</source>
            <translation>超过 64 位计数器的范围</translation>
        </message>
        <message>
            <source>a counter below zero</source>
            <translation>计数器小于零</translation>
        </message>
        <message>
            <source>the counter is readable by root only</source>
            <translation>该计数器只有 root 能读取</translation>
        </message>
        <message>
            <source>the kernel shows no RAPL package</source>
            <translation>内核没有给出 RAPL 包</translation>
        </message>
        <message>
            <source>the firmware did not answer with a number</source>
            <translation>固件无响应数字</translation>
        </message>
        <message>
            <source>{0} cannot be true</source>
            <translation>{0} 不可能为真</translation>
        </message>
        <message>
            <source>the firmware cannot be asked: the user must be in the group video</source>
            <translation>无法询问固件：用户必须在 video 组中</translation>
        </message>
        <message>
            <source>this board's firmware measures no current</source>
            <translation>这块板卡的固件不测电流</translation>
        </message>
        <message>
            <source>{0} % cannot be true</source>
            <translation>{0} % 不可能为真</translation>
        </message>
        <message>
            <source>{0} C is not a temperature of a running board</source>
            <translation>{0} ℃ 不是运行中的板卡的温度</translation>
        </message>
        <message>
            <source>the block is switched off</source>
            <translation>该单元已关闭</translation>
        </message>
        <message>
            <source>{0} mW cannot be true</source>
            <translation>{0} mW 不可能为真</translation>
        </message>
        <message>
            <source>the line names no rail: JetPack 4 shows them to root only</source>
            <translation>该行没有供电轨：JetPack 4 只向 root 显示</translation>
        </message>
        <message>
            <source>the program gave no line of its own form</source>
            <translation>程序没有给出规定格式的行</translation>
        </message>
        <message>
            <source>the zone is switched off or unreadable</source>
            <translation>该温度区已关闭或无法读取</translation>
        </message>
        <message>
            <source>the kernel shows no thermal zone</source>
            <translation>内核没有给出温度区</translation>
        </message>
        <message>
            <source>{0} are no bits of this field</source>
            <translation>{0} 不是该字段的位</translation>
        </message>
        <message>
            <source>not a hexadecimal number: {0}</source>
            <translation>不是十六进制数：{0}</translation>
        </message>
        <message>
            <source>this machine has no throttling counter</source>
            <translation>这台机器没有降频计数器</translation>
        </message>
        <message>
            <source>the kernel does not tell how much memory is available</source>
            <translation>内核没有给出可用内存</translation>
        </message>
        <message>
            <source>the kernel does not tell the times of its cores</source>
            <translation>内核没有给出各核心的时间</translation>
        </message>
        <message>
            <source>the first request of a session is hello</source>
            <translation>会话的第一个请求应为 hello</translation>
        </message>
        <message>
            <source>args must be an object</source>
            <translation>args 必须是对象</translation>
        </message>
        <message>
            <source>this agent does not know {0}</source>
            <translation>此代理程序不认识 {0}</translation>
        </message>
        <message>
            <source>update the agent: flyweight device add NAME ADDRESS</source>
            <translation>请更新代理程序：flyweight device add NAME ADDRESS</translation>
        </message>
        <message>
            <source>a request needs an id and an op</source>
            <translation>请求需要 id 和 op</translation>
        </message>
        <message>
            <source>a chunk came where a request was expected</source>
            <translation>应收到请求，却收到了数据块</translation>
        </message>
        <message>
            <source>the command that pauses the service failed: {0}</source>
            <translation>暂停服务的命令失败：{0}</translation>
        </message>
        <message>
            <source>try it on the board by hand</source>
            <translation>请在板卡上手动试一试</translation>
        </message>
        <message>
            <source>a service that is paused must be resumed</source>
            <translation>暂停的服务必须能恢复</translation>
        </message>
        <message>
            <source>give both commands</source>
            <translation>请给出两条命令</translation>
        </message>
        <message>
            <source>the order pauses no service</source>
            <translation>该指令不暂停服务</translation>
        </message>
        <message>
            <source>the file does not have the announced content</source>
            <translation>文件内容与声明不符</translation>
        </message>
        <message>
            <source>the upload does not have the announced content</source>
            <translation>上传的内容与声明不符</translation>
        </message>
        <message>
            <source>the upload goes on at {0}, not at {1}</source>
            <translation>上传从 {0} 继续，不是 {1}</translation>
        </message>
        <message>
            <source>the board has {0} MB free, {1} MB and a reserve of {2} MB are needed</source>
            <translation>板卡剩余 {0} MB，需要 {1} MB 和 {2} MB 预留</translation>
        </message>
        <message>
            <source>free some space on the board</source>
            <translation>请在板卡上腾出空间</translation>
        </message>
        <message>
            <source>a blob cannot have {0} bytes</source>
            <translation>数据块不能有 {0} 字节</translation>
        </message>
        <message>
            <source>the blob {0} was damaged on the board</source>
            <translation>数据块 {0} 在板卡上损坏</translation>
        </message>
        <message>
            <source>the blob {0} is larger than expected</source>
            <translation>数据块 {0} 比预期大</translation>
        </message>
        <message>
            <source>a blob is named by 64 hex digits</source>
            <translation>数据块以 64 位十六进制命名</translation>
        </message>
        <message>
            <source>the signature does not fit the content</source>
            <translation>签名与内容不符</translation>
        </message>
        <message>
            <source>this board does not trust the signing key {0}</source>
            <translation>这块板卡不信任签名密钥 {0}</translation>
        </message>
        <message>
            <source>enrol this desktop: flyweight device add NAME USER@HOST</source>
            <translation>请登记本机：flyweight device add NAME USER@HOST</translation>
        </message>
        <message>
            <source>the signing key {0} was revoked on this board</source>
            <translation>签名密钥 {0} 已在这块板卡上撤销</translation>
        </message>
        <message>
            <source>sign with the key that replaced it</source>
            <translation>请用替换它的密钥签名</translation>
        </message>
        <message>
            <source>the board was started anew meanwhile</source>
            <translation>其间板卡重新启动了</translation>
        </message>
        <message>
            <source>it was not committed in time</source>
            <translation>没有及时提交</translation>
        </message>
        <message>
            <source>this order is not on trial any more: the board went back</source>
            <translation>该指令不再试用：板卡已退回</translation>
        </message>
        <message>
            <source>the last {0} trials on this board all went back; something here is wrong</source>
            <translation>这块板卡上最近 {0} 次试用都退回了；这里有问题</translation>
        </message>
        <message>
            <source>look at the board, then deploy once without a trial</source>
            <translation>请查看板，然后不带试用部署一次</translation>
        </message>
        <message>
            <source>the trial of the order is not of its form</source>
            <translation>该指令的试用格式不对</translation>
        </message>
        <message>
            <source>a board trusts 1 to {0} keys</source>
            <translation>一块板卡信任 1 到 {0} 个密钥</translation>
        </message>
        <message>
            <source>add a key, or revoke fewer</source>
            <translation>请添加密钥，或少撤销一些</translation>
        </message>
        <message>
            <source>a key that was revoked does not come back</source>
            <translation>已撤销的密钥不能恢复</translation>
        </message>
        <message>
            <source>make a new key</source>
            <translation>请制作新密钥</translation>
        </message>
        <message>
            <source>the order does not change keys</source>
            <translation>该指令不更改密钥</translation>
        </message>
    </context>
    <context>
        <name>Choice</name>
        <message>
            <source>per-channel</source>
            <translation>逐通道</translation>
        </message>
        <message>
            <source>per-tensor</source>
            <translation>逐张量</translation>
        </message>
        <message>
            <source>min-max</source>
            <translation>最小-最大</translation>
        </message>
        <message>
            <source>mse</source>
            <translation>均方误差</translation>
        </message>
        <message>
            <source>nearest-even</source>
            <translation>就近取偶</translation>
        </message>
        <message>
            <source>floor</source>
            <translation>向下取整</translation>
        </message>
        <message>
            <source>truncate</source>
            <translation>截断</translation>
        </message>
        <message>
            <source>adaptive</source>
            <translation>自适应</translation>
        </message>
        <message>
            <source>auto</source>
            <translation>自动</translation>
        </message>
        <message>
            <source>full</source>
            <translation>完整</translation>
        </message>
        <message>
            <source>reduced</source>
            <translation>缩减</translation>
        </message>
        <message>
            <source>float16</source>
            <translation>float16</translation>
        </message>
        <message>
            <source>bfloat16</source>
            <translation>bfloat16</translation>
        </message>
        <message>
            <source>storage</source>
            <translation>仅存储</translation>
        </message>
        <message>
            <source>compute</source>
            <translation>参与计算</translation>
        </message>
        <message>
            <source>binary</source>
            <translation>二值</translation>
        </message>
        <message>
            <source>ternary</source>
            <translation>三值</translation>
        </message>
        <message>
            <source>sgd</source>
            <translation>SGD</translation>
        </message>
        <message>
            <source>momentum</source>
            <translation>动量</translation>
        </message>
        <message>
            <source>adam</source>
            <translation>Adam</translation>
        </message>
        <message>
            <source>adamw</source>
            <translation>AdamW</translation>
        </message>
        <message>
            <source>lbfgs</source>
            <translation>L-BFGS</translation>
        </message>
        <message>
            <source>one-cycle</source>
            <translation>单周期</translation>
        </message>
        <message>
            <source>cosine</source>
            <translation>余弦</translation>
        </message>
        <message>
            <source>step</source>
            <translation>阶梯</translation>
        </message>
        <message>
            <source>constant</source>
            <translation>恒定</translation>
        </message>
        <message>
            <source>float32</source>
            <translation>float32</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>l1</source>
            <translation>L1</translation>
        </message>
        <message>
            <source>spectral</source>
            <translation>谱范数</translation>
        </message>
        <message>
            <source>jacobian</source>
            <translation>雅可比</translation>
        </message>
        <message>
            <source>nuclear</source>
            <translation>核范数</translation>
        </message>
        <message>
            <source>frobenius</source>
            <translation>Frobenius 范数</translation>
        </message>
        <message>
            <source>shift</source>
            <translation>平移</translation>
        </message>
        <message>
            <source>flip</source>
            <translation>翻转</translation>
        </message>
        <message>
            <source>shift-flip</source>
            <translation>平移并翻转</translation>
        </message>
        <message>
            <source>crop</source>
            <translation>裁剪</translation>
        </message>
        <message>
            <source>crop-flip</source>
            <translation>裁剪并翻转</translation>
        </message>
        <message>
            <source>percentile</source>
            <translation>百分位</translation>
        </message>
        <message>
            <source>entropy</source>
            <translation>熵</translation>
        </message>
        <message>
            <source>all</source>
            <translation>全部</translation>
        </message>
        <message>
            <source>latency-guided</source>
            <translation>按延迟选择</translation>
        </message>
        <message>
            <source>uint8</source>
            <translation>uint8</translation>
        </message>
        <message>
            <source>int8</source>
            <translation>int8</translation>
        </message>
        <message>
            <source>k-means</source>
            <translation>k 均值</translation>
        </message>
        <message>
            <source>log2</source>
            <translation>2 的幂</translation>
        </message>
        <message>
            <source>l2</source>
            <translation>L2</translation>
        </message>
        <message>
            <source>taylor</source>
            <translation>泰勒</translation>
        </message>
        <message>
            <source>bn-scale</source>
            <translation>BN 缩放</translation>
        </message>
        <message>
            <source>random</source>
            <translation>随机</translation>
        </message>
        <message>
            <source>local</source>
            <translation>逐层</translation>
        </message>
        <message>
            <source>global</source>
            <translation>全局</translation>
        </message>
        <message>
            <source>degree</source>
            <translation>连接数</translation>
        </message>
        <message>
            <source>strength</source>
            <translation>连接强度</translation>
        </message>
        <message>
            <source>product</source>
            <translation>两者之积</translation>
        </message>
        <message>
            <source>lowest</source>
            <translation>最低的</translation>
        </message>
        <message>
            <source>highest</source>
            <translation>最高的</translation>
        </message>
        <message>
            <source>gradient</source>
            <translation>梯度</translation>
        </message>
        <message>
            <source>loss</source>
            <translation>损失</translation>
        </message>
        <message>
            <source>turn</source>
            <translation>转折</translation>
        </message>
        <message>
            <source>sensitivity</source>
            <translation>按敏感度</translation>
        </message>
        <message>
            <source>one-shot</source>
            <translation>一次完成</translation>
        </message>
        <message>
            <source>iterative</source>
            <translation>迭代</translation>
        </message>
        <message>
            <source>gradual</source>
            <translation>渐进</translation>
        </message>
        <message>
            <source>k-center</source>
            <translation>k 中心</translation>
        </message>
        <message>
            <source>herding</source>
            <translation>herding（群集）</translation>
        </message>
        <message>
            <source>uncertain</source>
            <translation>最不确定</translation>
        </message>
        <message>
            <source>kl</source>
            <translation>KL 散度</translation>
        </message>
        <message>
            <source>ce</source>
            <translation>交叉熵</translation>
        </message>
        <message>
            <source>copy</source>
            <translation>缩小的副本</translation>
        </message>
        <message>
            <source>residual</source>
            <translation>残差卷积</translation>
        </message>
        <message>
            <source>plain</source>
            <translation>普通卷积</translation>
        </message>
        <message>
            <source>mobilenet</source>
            <translation>MobileNet 式</translation>
        </message>
        <message>
            <source>shufflenet</source>
            <translation>ShuffleNet 式</translation>
        </message>
        <message>
            <source>factory</source>
            <translation>自定义函数</translation>
        </message>
        <message>
            <source>relu</source>
            <translation>ReLU</translation>
        </message>
        <message>
            <source>tucker</source>
            <translation>Tucker</translation>
        </message>
        <message>
            <source>cp</source>
            <translation>CP</translation>
        </message>
        <message>
            <source>targeted</source>
            <translation>定向</translation>
        </message>
        <message>
            <source>variational</source>
            <translation>变分</translation>
        </message>
        <message>
            <source>weight</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>channel</source>
            <translation>通道</translation>
        </message>
        <message>
            <source>group-lasso</source>
            <translation>组 Lasso</translation>
        </message>
        <message>
            <source>bounded</source>
            <translation>有界</translation>
        </message>
        <message>
            <source>reciprocal</source>
            <translation>倒数</translation>
        </message>
        <message>
            <source>lambda</source>
            <translation>lambda</translation>
        </message>
        <message>
            <source>ratio</source>
            <translation>比例</translation>
        </message>
        <message>
            <source>gelu</source>
            <translation>GELU</translation>
        </message>
        <message>
            <source>silu</source>
            <translation>SiLU</translation>
        </message>
        <message>
            <source>hardswish</source>
            <translation>HardSwish</translation>
        </message>
        <message>
            <source>sigmoid</source>
            <translation>Sigmoid</translation>
        </message>
        <message>
            <source>tanh</source>
            <translation>Tanh</translation>
        </message>
        <message>
            <source>elu</source>
            <translation>ELU</translation>
        </message>
        <message>
            <source>leaky_relu</source>
            <translation>LeakyReLU</translation>
        </message>
        <message>
            <source>mish</source>
            <translation>Mish</translation>
        </message>
        <message>
            <source>softplus</source>
            <translation>Softplus</translation>
        </message>
        <message>
            <source>relu6</source>
            <translation>ReLU6</translation>
        </message>
        <message>
            <source>hardsigmoid</source>
            <translation>HardSigmoid</translation>
        </message>
        <message>
            <source>hardtanh</source>
            <translation>HardTanh</translation>
        </message>
        <message>
            <source>best</source>
            <translation>最好</translation>
        </message>
        <message>
            <source>one-standard-error</source>
            <translation>一个标准误之内</translation>
        </message>
    </context>
    <context>
        <name>Unit</name>
        <message>
            <source>bits</source>
            <translation>位</translation>
        </message>
        <message>
            <source>samples</source>
            <translation>样本</translation>
        </message>
        <message>
            <source>epochs</source>
            <translation>轮</translation>
        </message>
        <message>
            <source>pixels</source>
            <translation>像素</translation>
        </message>
        <message>
            <source>views</source>
            <translation>视图</translation>
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
            <source>values</source>
            <translation>个值</translation>
        </message>
        <message>
            <source>weights</source>
            <translation>个权重</translation>
        </message>
        <message>
            <source>channels</source>
            <translation>通道</translation>
        </message>
        <message>
            <source>steps</source>
            <translation>步</translation>
        </message>
        <message>
            <source>bins</source>
            <translation>箱</translation>
        </message>
        <message>
            <source>units</source>
            <translation>单元</translation>
        </message>
        <message>
            <source>parameters</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>MACs</source>
            <translation>乘加次数</translation>
        </message>
        <message>
            <source>updates</source>
            <translation>次更新</translation>
        </message>
        <message>
            <source>rounds</source>
            <translation>轮次</translation>
        </message>
        <message>
            <source>folds</source>
            <translation>折</translation>
        </message>
    </context>
    <context>
        <name>Technique</name>
        <message>
            <source>affine-quantization</source>
            <translation>仿射量化，2 至 16 位</translation>
        </message>
        <message>
            <source>dynamic-quantization</source>
            <translation>动态 int8 量化</translation>
        </message>
        <message>
            <source>fixed-point-quantization</source>
            <translation>定点量化（Qm.n）</translation>
        </message>
        <message>
            <source>half-precision</source>
            <translation>半精度（float16、bfloat16）</translation>
        </message>
        <message>
            <source>low-bit-weights</source>
            <translation>二值与三值权重</translation>
        </message>
        <message>
            <source>mixed-precision</source>
            <translation>混合精度（逐层位宽）</translation>
        </message>
        <message>
            <source>quantization-aware-training</source>
            <translation>量化感知训练</translation>
        </message>
        <message>
            <source>static-quantization</source>
            <translation>静态 int8 量化</translation>
        </message>
        <message>
            <source>tflite-file</source>
            <translation>TFLite 文件</translation>
        </message>
        <message>
            <source>weight-clustering</source>
            <translation>权重聚类（码本）</translation>
        </message>
        <message>
            <source>weight-only-quantization</source>
            <translation>分块仅权重量化（int4、int8）</translation>
        </message>
        <message>
            <source>channel-pruning</source>
            <translation>通道剪枝</translation>
        </message>
        <message>
            <source>connectivity-pruning</source>
            <translation>连接剪枝</translation>
        </message>
        <message>
            <source>dead-unit-removal</source>
            <translation>移除失活单元</translation>
        </message>
        <message>
            <source>entropy-pruning</source>
            <translation>熵剪枝</translation>
        </message>
        <message>
            <source>gradient-pruning</source>
            <translation>梯度剪枝</translation>
        </message>
        <message>
            <source>head-pruning</source>
            <translation>注意力头剪枝</translation>
        </message>
        <message>
            <source>layer-pruning</source>
            <translation>层剪枝</translation>
        </message>
        <message>
            <source>magnitude-pruning</source>
            <translation>幅值剪枝</translation>
        </message>
        <message>
            <source>manual-pruning</source>
            <translation>手动剪枝</translation>
        </message>
        <message>
            <source>n-m-sparsity</source>
            <translation>N:M 稀疏</translation>
        </message>
        <message>
            <source>recurrent-pruning</source>
            <translation>循环单元剪枝</translation>
        </message>
        <message>
            <source>attention-transfer</source>
            <translation>注意力迁移</translation>
        </message>
        <message>
            <source>coreset-distillation</source>
            <translation>在核心集上蒸馏</translation>
        </message>
        <message>
            <source>feature-distillation</source>
            <translation>特征蒸馏</translation>
        </message>
        <message>
            <source>hard-label-distillation</source>
            <translation>硬标签蒸馏</translation>
        </message>
        <message>
            <source>soft-label-distillation</source>
            <translation>软标签蒸馏</translation>
        </message>
        <message>
            <source>student</source>
            <translation>学生网络</translation>
        </message>
        <message>
            <source>autoencoder-bottleneck</source>
            <translation>自编码器瓶颈</translation>
        </message>
        <message>
            <source>pca-factorization</source>
            <translation>主成分低秩分解</translation>
        </message>
        <message>
            <source>pca-input-reduction</source>
            <translation>PCA 输入降维</translation>
        </message>
        <message>
            <source>sparse-low-rank</source>
            <translation>稀疏加低秩</translation>
        </message>
        <message>
            <source>svd-factorization</source>
            <translation>奇异值低秩分解</translation>
        </message>
        <message>
            <source>tensor-factorization</source>
            <translation>卷积核低秩分解（Tucker、CP）</translation>
        </message>
        <message>
            <source>dropout-sparsity</source>
            <translation>Dropout 稀疏化</translation>
        </message>
        <message>
            <source>l0-training</source>
            <translation>L0 正则训练（Hard Concrete 门控）</translation>
        </message>
        <message>
            <source>lasso-training</source>
            <translation>L1 与组 Lasso 训练</translation>
        </message>
        <message>
            <source>reweighted-sparsity</source>
            <translation>重加权稀疏训练</translation>
        </message>
        <message>
            <source>sparsity-sweep</source>
            <translation>稀疏度扫描</translation>
        </message>
        <message>
            <source>activation-replacement</source>
            <translation>激活函数替换</translation>
        </message>
        <message>
            <source>graph-fusion</source>
            <translation>算子融合与清理</translation>
        </message>
        <message>
            <source>cross-validation</source>
            <translation>用交叉验证选择设置</translation>
        </message>
    </context>
</TS>
