<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Adapters</name>
    <message>
        <source>Runtime</source>
        <translation>运行时</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Cannot be used</source>
        <translation>不能使用</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>可用</translation>
    </message>
    <message>
        <source>Formats</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Version and providers</source>
        <translation>版本与提供程序</translation>
    </message>
</context>
<context>
    <name>AroundForm</name>
    <message>
        <source>Runs at least</source>
        <translation>最少运行次数</translation>
    </message>
    <message>
        <source>Of each variant; p99 needs 299</source>
        <translation>每个变体；p99 需要 299 次</translation>
    </message>
    <message>
        <source>Before, on the board</source>
        <translation>之前（板卡上）</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>A command that stops your own service there: systemctl --user stop door</source>
        <translation>停止板卡上你自己的服务的命令：systemctl --user stop door</translation>
    </message>
    <message>
        <source>After, on the board</source>
        <translation>之后（板卡上）</translation>
    </message>
    <message>
        <source>A command that starts it again, whatever happens: systemctl --user start door</source>
        <translation>无论如何都会再次启动它的命令：systemctl --user start door</translation>
    </message>
    <message>
        <source>Energy from a plug</source>
        <translation>插座测能耗</translation>
    </message>
    <message>
        <source>The board hangs on it alone: shelly://HOST, shelly1://HOST or tasmota://HOST</source>
        <translation>只有这块板卡接在上面：shelly://主机、shelly1://主机或 tasmota://主机</translation>
    </message>
    <message>
        <source>Power read off</source>
        <translation>读出的功率</translation>
    </message>
    <message>
        <source>Watts of a meter at rest and under load; readings are marked as declared</source>
        <translation>功率计在空闲和负载时的瓦数；测量记录会标为“声明”</translation>
    </message>
    <message>
        <source>Runs, service, meter…</source>
        <translation>次数、服务、功率计…</translation>
    </message>
    <message>
        <source>Hide these</source>
        <translation>收起</translation>
    </message>
</context>
<context>
    <name>BoardLogPanel</name>
    <message>
        <source>Read again</source>
        <translation>重新读取</translation>
    </message>
    <message>
        <source>What the agent wrote down on the board; new lines appear by themselves.</source>
        <translation>代理程序在板卡上写下的记录；新行会自动出现。</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>正在连接…</translation>
    </message>
    <message>
        <source>Nothing was done on this board yet.</source>
        <translation>这块板卡上还没有任何操作。</translation>
    </message>
</context>
<context>
    <name>Campaign</name>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Verifying</source>
        <translation>正在验证</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>正在测量</translation>
    </message>
    <message>
        <source>{0}, known</source>
        <translation>{0}，已有</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程数</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Packing</source>
        <translation>正在打包</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>Nothing measured</source>
        <translation>未测得结果</translation>
    </message>
    <message>
        <source>Partly done</source>
        <translation>部分完成</translation>
    </message>
</context>
<context>
    <name>CampaignDialog</name>
    <message>
        <source>Profile the fleet</source>
        <translation>测量设备群</translation>
    </message>
    <message>
        <source>Measures every ticked variant on every ticked board, side by side. What is cut off goes on where it stopped.</source>
        <translation>在每块勾选的板卡上测量每个勾选的变体，各板卡并行；中断后从停止处继续。</translation>
    </message>
    <message>
        <source>Variants</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Only what has no fresh reading</source>
        <translation>只测没有有效测量记录的</translation>
    </message>
    <message>
        <source>Time per layer, for predictions</source>
        <translation>每层耗时，供预测使用</translation>
    </message>
    <message>
        <source>Energy, too, where there is a sensor</source>
        <translation>有传感器时也测能耗</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程数</translation>
    </message>
    <message>
        <source>Cells measured</source>
        <translation>已测单元</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Tick variants and devices, then measure: each pair is shown here.</source>
        <translation>勾选变体和设备后开始测量：每一对都显示在这里。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>One count, or several with commas between: 1, 2, 4</source>
        <translation>一个数，或用逗号分隔的多个数：1, 2, 4</translation>
    </message>
    <message>
        <source>Measure {0}</source>
        <translation>测量 {0} 项</translation>
    </message>
    <message>
        <source>Tick at least one variant and one device.</source>
        <translation>请至少勾选一个变体和一台设备。</translation>
    </message>
    <message>
        <source>{0} of {1} measured</source>
        <translation>已测 {0} / {1}</translation>
    </message>
    <message>
        <source>{0} missing</source>
        <translation>缺 {0} 个</translation>
    </message>
    <message>
        <source>Variants and devices</source>
        <translation>变体与设备</translation>
    </message>
</context>
<context>
    <name>Carrying</name>
    <message>
        <source>Arm, 64 bit</source>
        <translation>Arm，64 位</translation>
    </message>
    <message>
        <source>PC, 64 bit</source>
        <translation>PC，64 位</translation>
    </message>
    <message>
        <source>Arm, 32 bit</source>
        <translation>Arm，32 位</translation>
    </message>
    <message>
        <source>Choose a variant.</source>
        <translation>请选择一个变体。</translation>
    </message>
    <message>
        <source>Name the slot on the board.</source>
        <translation>请填写板卡上的槽位。</translation>
    </message>
    <message>
        <source>none: the board has its own</source>
        <translation>无：板卡上已有</translation>
    </message>
    <message>
        <source>run {0}</source>
        <translation>运行 {0}</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>已写入</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>体积</translation>
    </message>
    <message>
        <source>Runtime inside</source>
        <translation>包含的运行时</translation>
    </message>
    <message>
        <source>Slot</source>
        <translation>槽位</translation>
    </message>
    <message>
        <source>On the board</source>
        <translation>在板卡上执行</translation>
    </message>
</context>
<context>
    <name>Choice</name>
    <message>
        <source>original</source>
        <translation>原模型</translation>
    </message>
    <message>
        <source>Latency p50 (ms)   ← better</source>
        <translation>延迟 p50（ms）   ← 越低越好</translation>
    </message>
    <message>
        <source>Candidate</source>
        <translation>候选</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Loss (points)</source>
        <translation>损失百分点</translation>
    </message>
    <message>
        <source>Packed</source>
        <translation>打包后</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>Speed-up</source>
        <translation>加速比</translation>
    </message>
    <message>
        <source>{0}: geometric mean</source>
        <translation>{0}：几何平均</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>On {0} alone: {1}.</source>
        <translation>仅看 {0}：{1}。</translation>
    </message>
    <message>
        <source>Points lost: {0}   ← better</source>
        <translation>损失点数：{0}   ← 越低越好</translation>
    </message>
    <message>
        <source>Median on each device; a figure with a tilde is an estimate before training.</source>
        <translation>每台设备上的中位数；带波浪号的是训练前的估计。</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Chosen</source>
        <translation>已选中</translation>
    </message>
    <message>
        <source>Ruled out</source>
        <translation>已排除</translation>
    </message>
    <message>
        <source>Not possible</source>
        <translation>不可行</translation>
    </message>
    <message>
        <source>Not tried</source>
        <translation>未尝试</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>实测</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Type to find a command</source>
        <translation>输入以查找命令</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>Run the sample project</source>
        <translation>运行示例项目</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Open report</source>
        <translation>打开报告</translation>
    </message>
    <message>
        <source>Show or hide the log</source>
        <translation>显示或隐藏日志</translation>
    </message>
    <message>
        <source>Switch between light and dark</source>
        <translation>切换浅色与深色</translation>
    </message>
    <message>
        <source>Switch the language</source>
        <translation>切换语言</translation>
    </message>
    <message>
        <source>Start page</source>
        <translation>开始页</translation>
    </message>
    <message>
        <source>Models page</source>
        <translation>模型页</translation>
    </message>
    <message>
        <source>Compress page</source>
        <translation>压缩页</translation>
    </message>
    <message>
        <source>Jobs page</source>
        <translation>任务页</translation>
    </message>
    <message>
        <source>Variants page</source>
        <translation>变体页</translation>
    </message>
    <message>
        <source>Devices page</source>
        <translation>设备页</translation>
    </message>
    <message>
        <source>Deploy page</source>
        <translation>部署页</translation>
    </message>
    <message>
        <source>Profiles page</source>
        <translation>性能画像页</translation>
    </message>
    <message>
        <source>Report page</source>
        <translation>报告页</translation>
    </message>
    <message>
        <source>Settings page</source>
        <translation>设置页</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>打开模型…</translation>
    </message>
    <message>
        <source>Open a project folder…</source>
        <translation>打开项目文件夹…</translation>
    </message>
    <message>
        <source>Open the sample project</source>
        <translation>打开示例项目</translation>
    </message>
    <message>
        <source>Open a recipe…</source>
        <translation>打开配方…</translation>
    </message>
    <message>
        <source>Save the recipe…</source>
        <translation>保存配方…</translation>
    </message>
    <message>
        <source>Undo a change of the recipe</source>
        <translation>撤销配方的更改</translation>
    </message>
    <message>
        <source>Redo a change of the recipe</source>
        <translation>重做配方的更改</translation>
    </message>
    <message>
        <source>Add a device…</source>
        <translation>添加设备…</translation>
    </message>
    <message>
        <source>Profile the fleet…</source>
        <translation>测量设备群…</translation>
    </message>
    <message>
        <source>Measure a variant…</source>
        <translation>测量一个变体…</translation>
    </message>
    <message>
        <source>Try a model on a file…</source>
        <translation>用文件试用模型…</translation>
    </message>
    <message>
        <source>Write a file for a board without network…</source>
        <translation>为没有网络的板卡写一个文件…</translation>
    </message>
    <message>
        <source>Rights of the agent on the device…</source>
        <translation>代理在设备上的权限…</translation>
    </message>
    <message>
        <source>Signing keys of the boards…</source>
        <translation>各板卡信任的签名密钥…</translation>
    </message>
    <message>
        <source>Predict without measuring…</source>
        <translation>不测量而预测…</translation>
    </message>
    <message>
        <source>Profile packs and store…</source>
        <translation>画像包与画像库…</translation>
    </message>
    <message>
        <source>Look closer at the selected variant…</source>
        <translation>详细分析所选变体…</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Show what ended last</source>
        <translation>查看最近结束的任务</translation>
    </message>
    <message>
        <source>Refresh the page</source>
        <translation>刷新页面</translation>
    </message>
    <message>
        <source>Find a command…</source>
        <translation>查找命令…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>转到</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Open recent</source>
        <translation>打开最近</translation>
    </message>
</context>
<context>
    <name>CompressPage</name>
    <message>
        <source>Open a recipe</source>
        <translation>打开配方</translation>
    </message>
    <message>
        <source>Recipes</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>Save the recipe</source>
        <translation>保存配方</translation>
    </message>
    <message>
        <source>The recipe was not saved: {0}</source>
        <translation>配方未保存：{0}</translation>
    </message>
    <message>
        <source>Compress</source>
        <translation>压缩</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Open a recipe…</source>
        <translation>打开配方…</translation>
    </message>
    <message>
        <source>Save the recipe…</source>
        <translation>保存配方…</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标设备</translation>
    </message>
    <message>
        <source>Methods</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Add to the queue</source>
        <translation>加入队列</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
</context>
<context>
    <name>CoverPanel</name>
    <message>
        <source>Latency at most, in milliseconds</source>
        <translation>延迟上限（ms）</translation>
    </message>
    <message>
        <source>Latency at most</source>
        <translation>延迟不超过</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ms</translation>
    </message>
    <message>
        <source>Points of accuracy lost at most</source>
        <translation>准确率损失上限（百分点）</translation>
    </message>
    <message>
        <source>Accuracy lost at most</source>
        <translation>准确率损失不超过</translation>
    </message>
    <message>
        <source>points</source>
        <translation>百分点</translation>
    </message>
    <message>
        <source>Memory at most</source>
        <translation>内存不超过</translation>
    </message>
    <message>
        <source>MB</source>
        <translation>MB</translation>
    </message>
    <message>
        <source>Memory the model adds at most, in megabytes</source>
        <translation>模型增加的内存不超过（MB）</translation>
    </message>
    <message>
        <source>Energy at most</source>
        <translation>能耗不超过</translation>
    </message>
    <message>
        <source>mJ</source>
        <translation>mJ</translation>
    </message>
    <message>
        <source>Energy of one inference at most, in millijoules</source>
        <translation>单次推理能耗不超过（毫焦）</translation>
    </message>
    <message>
        <source>Packed size at most</source>
        <translation>打包体积不超过</translation>
    </message>
    <message>
        <source>kB</source>
        <translation>kB</translation>
    </message>
    <message>
        <source>Packed size at most, in kilobytes</source>
        <translation>打包体积不超过（kB）</translation>
    </message>
    <message>
        <source>Find the fewest</source>
        <translation>求最少变体</translation>
    </message>
    <message>
        <source>Which variant for which board</source>
        <translation>哪块板卡用哪个变体</translation>
    </message>
    <message>
        <source>Limits are numbers; an empty field is no limit, but one besides the accuracy is needed.</source>
        <translation>限制须为数字；留空即不限，但除准确率外至少要有一项。</translation>
    </message>
    <message>
        <source>Finds the fewest variants that surely keep these limits on every board that was measured.</source>
        <translation>找出在每块测过的板上都确定满足这些限制的最少变体。</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
</context>
<context>
    <name>Damage</name>
    <message>
        <source>and {0} more</source>
        <translation>另有 {0} 条</translation>
    </message>
</context>
<context>
    <name>DataStep</name>
    <message>
        <source>Drop it to use {0}</source>
        <translation>松开即可使用 {0}</translation>
    </message>
    <message>
        <source>Data trains, calibrates and judges. Without it only latency can be measured.</source>
        <translation>数据用于训练、校准和评判。没有数据就只能测量延迟。</translation>
    </message>
    <message>
        <source>Data set</source>
        <translation>数据集</translation>
    </message>
    <message>
        <source>A folder with one sub-folder of images per class, an .npz with x and y, a CSV with a label column, or module:factory of your own code.</source>
        <translation>每类图像一个子文件夹的文件夹、含 x 和 y 的 .npz、带标签列的 CSV，或你自己代码的 module:factory。</translation>
    </message>
    <message>
        <source>No data</source>
        <translation>无数据</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>选择文件…</translation>
    </message>
    <message>
        <source>Built in:</source>
        <translation>内置：</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>What the labels mean, where the data does not say it.</source>
        <translation>标签的含义（数据本身没有说明时）。</translation>
    </message>
    <message>
        <source>As the data says</source>
        <translation>按数据所述</translation>
    </message>
    <message>
        <source>Latency only</source>
        <translation>仅延迟</translation>
    </message>
    <message>
        <source>Accuracy stays unknown, and methods that train or calibrate cannot be used.</source>
        <translation>准确率未知，且无法使用需要训练或校准的方法。</translation>
    </message>
    <message>
        <source>As the model sees it</source>
        <translation>模型看到的样子</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Acceptance</source>
        <translation>验收</translation>
    </message>
    <message>
        <source>The metric judges what a method may change and what was lost. A variant that loses more is kept, but the compression counts as not accepted.</source>
        <translation>该指标决定方法可以改变什么，并衡量损失。损失更多的变体会保留，但这次压缩算作未通过。</translation>
    </message>
    <message>
        <source>Judged by</source>
        <translation>评判指标</translation>
    </message>
    <message>
        <source>the first samples, prepared as it takes them; black is the smallest value, white the largest</source>
        <translation>按模型的输入要求处理后的前几个样本；黑色为最小值，白色为最大值</translation>
    </message>
    <message>
        <source>Lose at most</source>
        <translation>最多损失</translation>
    </message>
    <message>
        <source>percentage points</source>
        <translation>个百分点</translation>
    </message>
    <message>
        <source>Lose at most, in percentage points of {0}</source>
        <translation>最多损失（{0}，百分点）</translation>
    </message>
    <message>
        <source>The first samples are being read…</source>
        <translation>正在读取前几个样本…</translation>
    </message>
</context>
<context>
    <name>Dates</name>
    <message>
        <source>just now</source>
        <translation>刚刚</translation>
    </message>
    <message>
        <source>{0} min ago</source>
        <translation>{0} 分钟前</translation>
    </message>
    <message>
        <source>{0} h ago</source>
        <translation>{0} 小时前</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>{0} days ago</source>
        <translation>{0} 天前</translation>
    </message>
    <message>
        <source>d MMM yyyy HH:mm</source>
        <translation>yyyy-MM-dd HH:mm</translation>
    </message>
</context>
<context>
    <name>Deploy</name>
    <message>
        <source>Pack</source>
        <translation>打包</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Upload</source>
        <translation>上传</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>Switch over</source>
        <translation>切换</translation>
    </message>
    <message>
        <source>Release {0}</source>
        <translation>版本 {0}</translation>
    </message>
    <message>
        <source>Runs now</source>
        <translation>正在运行</translation>
    </message>
    <message>
        <source>Replaced</source>
        <translation>已被替换</translation>
    </message>
    <message>
        <source>Went back</source>
        <translation>已退回</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
</context>
<context>
    <name>DeployPage</name>
    <message>
        <source>Deploy</source>
        <translation>部署</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Check first</source>
        <translation>先检查</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Measure as a service, try on a file, a file for a board without network</source>
        <translation>按服务方式测量、用文件试用、为没有网络的板卡写文件</translation>
    </message>
    <message>
        <source>In waves…</source>
        <translation>分批…</translation>
    </message>
    <message>
        <source>Roll out board by board, and look at earlier rollouts</source>
        <translation>逐台发布，并查看以前的发布</translation>
    </message>
    <message>
        <source>Retry the failed</source>
        <translation>重试失败项</translation>
    </message>
    <message>
        <source>Variants</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Slot</source>
        <translation>槽位</translation>
    </message>
    <message>
        <source>A board runs several models; each has a slot of its own.</source>
        <translation>一块板卡可运行多个模型，每个模型占用一个槽位。</translation>
    </message>
    <message>
        <source>Golden samples from</source>
        <translation>黄金样本来源</translation>
    </message>
    <message>
        <source>seeded random inputs</source>
        <translation>固定种子的随机输入</translation>
    </message>
    <message>
        <source>The data set whose samples prove on the board that the outputs are right.</source>
        <translation>用其样本在板卡上验证输出正确的数据集。</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Releases</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>回滚</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Only checked: {0} of {1} can be deployed</source>
        <translation>仅检查：{1} 个中有 {0} 个可以部署</translation>
    </message>
    <message>
        <source>{0} of {1} verified, {2} failed</source>
        <translation>{0} / {1} 已验证，{2} 个失败</translation>
    </message>
    <message>
        <source>Pushed over SSH, verified on the board by its own runtime, then switched over.</source>
        <translation>经 SSH 推送，由板卡自己的运行时验证，然后切换。</translation>
    </message>
    <message>
        <source>Nothing to deploy yet</source>
        <translation>还没有可部署的内容</translation>
    </message>
    <message>
        <source>Compress a model first: its variants can be deployed from here.</source>
        <translation>请先压缩模型：其变体可从这里部署。</translation>
    </message>
    <message>
        <source>Compress a model</source>
        <translation>压缩模型</translation>
    </message>
    <message>
        <source>Deploy {0}</source>
        <translation>部署 {0} 项</translation>
    </message>
    <message>
        <source>Tick at least one variant and one device.</source>
        <translation>请至少勾选一个变体和一台设备。</translation>
    </message>
    <message>
        <source>Ask each device what would travel; nothing is changed there</source>
        <translation>询问每台设备需要传输什么；不会改变设备上的任何内容</translation>
    </message>
    <message>
        <source>Packing…</source>
        <translation>正在打包…</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Measure the ticked variants on the ticked devices, interleaved</source>
        <translation>在勾选的设备上交错测量勾选的变体</translation>
    </message>
    <message>
        <source>Measure otherwise…</source>
        <translation>用其他方式测量…</translation>
    </message>
    <message>
        <source>Try on a file…</source>
        <translation>用文件试用…</translation>
    </message>
    <message>
        <source>A file for a board without network…</source>
        <translation>为没有网络的板卡写文件…</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>正在连接…</translation>
    </message>
    <message>
        <source>Show what a device runs, and go back to the release before.</source>
        <translation>查看设备正在运行的版本，并可回到上一版本。</translation>
    </message>
</context>
<context>
    <name>Detail</name>
    <message>
        <source>Differences only</source>
        <translation>仅显示差异</translation>
    </message>
    <message>
        <source>Layers…</source>
        <translation>各层…</translation>
    </message>
    <message>
        <source>Compare them layer by layer</source>
        <translation>逐层比较</translation>
    </message>
    <message>
        <source>Select two to four variants (Ctrl+click) to compare them.</source>
        <translation>按住 Ctrl 点选两到四个变体进行比较。</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Look closer…</source>
        <translation>详细分析…</translation>
    </message>
    <message>
        <source>Quality on a board, where it lost, robustness, pipeline</source>
        <translation>板卡上的质量、损失所在、鲁棒性、流水线</translation>
    </message>
    <message>
        <source>Measure…</source>
        <translation>测量…</translation>
    </message>
    <message>
        <source>On boards: alone, as a service, with more threads, for minutes</source>
        <translation>在板卡上：单独、作为服务、多线程、持续数分钟</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Try it on a file, write it for a board without network</source>
        <translation>用文件试用，或为没有网络的板卡写成文件</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Write it as ONNX, TFLite, a PyTorch program or packed</source>
        <translation>保存为 ONNX、TFLite、PyTorch 程序或打包文件</translation>
    </message>
    <message>
        <source>Try it on a file…</source>
        <translation>用文件试用…</translation>
    </message>
    <message>
        <source>A file for a board without network…</source>
        <translation>为没有网络的板卡写文件…</translation>
    </message>
    <message>
        <source>Writing the file …</source>
        <translation>正在写入文件……</translation>
    </message>
    <message>
        <source>Written: {0}</source>
        <translation>已写入：{0}</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>the original</source>
        <translation>原始模型</translation>
    </message>
    <message>
        <source>Points lost</source>
        <translation>损失百分点</translation>
    </message>
    <message>
        <source>Speed-up</source>
        <translation>加速比</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Zero weights</source>
        <translation>零权重占比</translation>
    </message>
    <message>
        <source>Measured on</source>
        <translation>测量环境</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>未测量</translation>
    </message>
    <message>
        <source>Energy</source>
        <translation>能耗</translation>
    </message>
    <message>
        <source>no sensor</source>
        <translation>无传感器</translation>
    </message>
    <message>
        <source>Layers left alone</source>
        <translation>未处理的层</translation>
    </message>
    <message>
        <source>Remarks</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>1 thread</source>
        <translation>1 个线程</translation>
    </message>
    <message>
        <source>{0} threads</source>
        <translation>{0} 个线程</translation>
    </message>
    <message>
        <source>class {0} taken for {1}: {2}</source>
        <translation>类别 {0} 误判为 {1}：{2}</translation>
    </message>
    <message>
        <source>Mistakes of the second against the first</source>
        <translation>第二个相对第一个的误判变化</translation>
    </message>
</context>
<context>
    <name>Devices</name>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>Not measured</source>
        <translation>未测量</translation>
    </message>
    <message>
        <source>nothing measured yet</source>
        <translation>尚未测量</translation>
    </message>
    <message>
        <source>{0} readings, the last {1}</source>
        <translation>{0} 条测量记录，最近一次：{1}</translation>
    </message>
    <message>
        <source>{0} reading, {1}</source>
        <translation>{0} 条测量记录，{1}</translation>
    </message>
    <message>
        <source>Needs this version&apos;s agent</source>
        <translation>需要此版本的代理程序</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>无应答</translation>
    </message>
    <message>
        <source>Throttled</source>
        <translation>已降频</translation>
    </message>
    <message>
        <source>Not tried</source>
        <translation>未尝试</translation>
    </message>
    <message>
        <source>Trouble</source>
        <translation>有问题</translation>
    </message>
    <message>
        <source>Optional</source>
        <translation>可选</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>检查结果</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Board</source>
        <translation>板卡</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>Cores</source>
        <translation>核心数</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Free disk</source>
        <translation>可用磁盘</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>内核</translation>
    </message>
    <message>
        <source>Governor</source>
        <translation>调频策略</translation>
    </message>
    <message>
        <source>Agent</source>
        <translation>代理程序</translation>
    </message>
    <message>
        <source>Isolation</source>
        <translation>隔离</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Frequency</source>
        <translation>频率</translation>
    </message>
    <message>
        <source>Throttling</source>
        <translation>降频</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>功耗</translation>
    </message>
    <message>
        <source>Energy</source>
        <translation>能耗</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>负载</translation>
    </message>
    <message>
        <source>{0} p50</source>
        <translation>{0} p50</translation>
    </message>
    <message>
        <source>nothing is deployed</source>
        <translation>未部署任何模型</translation>
    </message>
    <message>
        <source>{0} and {1} more</source>
        <translation>{0} 等，另有 {1} 个</translation>
    </message>
    <message>
        <source>not measured here</source>
        <translation>未在此测量</translation>
    </message>
    <message>
        <source>Clock and power: of the highest seen since the page was opened</source>
        <translation>频率和功率：相对于打开页面以来的最高值</translation>
    </message>
</context>
<context>
    <name>DevicesPage</name>
    <message>
        <source>Add from a file…</source>
        <translation>从文件添加…</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Bring this version&apos;s agent to {0}</source>
        <translation>将此版本的代理程序安装到 {0}</translation>
    </message>
    <message>
        <source>Bring this version&apos;s agent to {0} boards</source>
        <translation>将此版本的代理程序安装到 {0} 块板卡</translation>
    </message>
    <message>
        <source>Bringing the agent to {0}…</source>
        <translation>正在将代理程序安装到 {0}…</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>刷新</translation>
    </message>
    <message>
        <source>Add a device…</source>
        <translation>添加设备…</translation>
    </message>
    <message>
        <source>Find boards…</source>
        <translation>查找板卡…</translation>
    </message>
    <message>
        <source>Filter by name, group or tag</source>
        <translation>按名称、分组或标签筛选</translation>
    </message>
    <message>
        <source>What runs there goes on. A deployment or a measurement brings the agent by itself, too.</source>
        <translation>那里运行的内容不受影响。部署或测量时也会自动安装代理程序。</translation>
    </message>
    <message>
        <source>Look at it</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Connect and ask the board what it is and has</source>
        <translation>连接板卡并询问其配置</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Check the way to the board step by step</source>
        <translation>逐步检查与板卡的连接</translation>
    </message>
    <message>
        <source>Self-test</source>
        <translation>自检</translation>
    </message>
    <message>
        <source>Try every sensor, unit, runtime and protocol step on the board</source>
        <translation>在板卡上逐一试验传感器、单位、运行时和协议步骤</translation>
    </message>
    <message>
        <source>Forget…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Measure on it, try its model on a file, rights, signing keys</source>
        <translation>在它上面测量、用文件试用它的模型、权限、签名密钥</translation>
    </message>
    <message>
        <source>Sensors</source>
        <translation>传感器</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>检查项</translation>
    </message>
    <message>
        <source>Board</source>
        <translation>板卡</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>What to see of this device</source>
        <translation>查看此设备的哪一部分</translation>
    </message>
    <message>
        <source>loopback is this computer over SSH; add your own boards.</source>
        <translation>loopback 是经 SSH 访问的本机；请添加你自己的板卡。</translation>
    </message>
    <message>
        <source>{0} boards and this computer</source>
        <translation>{0} 块板卡和本机</translation>
    </message>
    <message>
        <source>Runtimes</source>
        <translation>运行时</translation>
    </message>
    <message>
        <source>Measure on it…</source>
        <translation>在它上面测量…</translation>
    </message>
    <message>
        <source>Try its model on a file…</source>
        <translation>用文件试用它的模型…</translation>
    </message>
    <message>
        <source>Rights…</source>
        <translation>权限…</translation>
    </message>
    <message>
        <source>Signing keys of all boards…</source>
        <translation>所有板卡的签名密钥…</translation>
    </message>
    <message>
        <source>As a table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Looks at every board each 5 s while its card is seen; installs, deploys and measures nothing</source>
        <translation>卡片可见时每 5 秒查看一次每块板卡；不安装、不部署、不测量</translation>
    </message>
    <message>
        <source>As cards</source>
        <translation>卡片</translation>
    </message>
    <message>
        <source>1 board and this computer</source>
        <translation>1 块板卡和本机</translation>
    </message>
    <message>
        <source>Remarks</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>no sensor: {0}</source>
        <translation>无传感器：{0}</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>正在连接…</translation>
    </message>
    <message>
        <source>Trouble</source>
        <translation>有问题</translation>
    </message>
    <message>
        <source>Answered</source>
        <translation>已应答</translation>
    </message>
    <message>
        <source>Not asked yet</source>
        <translation>尚未查看</translation>
    </message>
    <message>
        <source>Look at the board to see its processor, memory, runtimes and sensors.</source>
        <translation>查看板卡以了解其处理器、内存、运行时和传感器。</translation>
    </message>
    <message>
        <source>Forget the device {0}?</source>
        <translation>移除设备 {0}？</translation>
    </message>
    <message>
        <source>Its readings stay. The agent can be deleted from the board, too.</source>
        <translation>其测量数据会保留。也可以同时删除板卡上的代理程序。</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Forget and delete the agent</source>
        <translation>移除并删除代理程序</translation>
    </message>
</context>
<context>
    <name>DriftPanel</name>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
</context>
<context>
    <name>Drifting</name>
    <message>
        <source>Nothing to compare yet: a bundle has to be measured on a device more than once.</source>
        <translation>还没有可比较的：同一个包要在同一设备上测量不止一次。</translation>
    </message>
    <message>
        <source>Too few earlier readings to tell: measure again another day.</source>
        <translation>以往的测量记录太少，无法判断：请改日再测。</translation>
    </message>
    <message>
        <source>Nothing drifted. A false alarm anywhere in this list has a probability of {0}.</source>
        <translation>没有漂移。整个列表中出现任何误报的概率为 {0}。</translation>
    </message>
    <message>
        <source>{0} need a look. A false alarm anywhere in this list has a probability of {1}.</source>
        <translation>有 {0} 项需要查看。整个列表中出现任何误报的概率为 {1}。</translation>
    </message>
    <message>
        <source>{0} needs a look. A false alarm anywhere in this list has a probability of {1}.</source>
        <translation>{0} 项需要查看。此列表中出现任一误报的概率为 {1}。</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Before (ms)</source>
        <translation>以前（ms）</translation>
    </message>
    <message>
        <source>Now (ms)</source>
        <translation>现在（ms）</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>Earlier readings</source>
        <translation>以前的测量记录</translation>
    </message>
    <message>
        <source>Against their own history</source>
        <translation>与自己的历史相比</translation>
    </message>
    <message>
        <source>Slower</source>
        <translation>变慢</translation>
    </message>
    <message>
        <source>Faster</source>
        <translation>变快</translation>
    </message>
    <message>
        <source>Too few to tell</source>
        <translation>太少，无法判断</translation>
    </message>
    <message>
        <source>Unchanged</source>
        <translation>如常</translation>
    </message>
    <message>
        <source>Board</source>
        <translation>板卡</translation>
    </message>
    <message>
        <source>Time of boards of its kind</source>
        <translation>同类板卡的用时</translation>
    </message>
    <message>
        <source>Unlike others of their kind</source>
        <translation>与同类不同</translation>
    </message>
    <message>
        <source>Bundles</source>
        <translation>部署包</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>实测</translation>
    </message>
    <message>
        <source>Changed since</source>
        <translation>此后的变化</translation>
    </message>
    <message>
        <source>Stale: the device changed since</source>
        <translation>已过时：设备此后有变化</translation>
    </message>
</context>
<context>
    <name>Effects</name>
    <message>
        <source>smaller and faster</source>
        <translation>更小也更快</translation>
    </message>
    <message>
        <source>smaller</source>
        <translation>更小</translation>
    </message>
    <message>
        <source>faster</source>
        <translation>更快</translation>
    </message>
    <message>
        <source>smaller, but slower</source>
        <translation>更小，但更慢</translation>
    </message>
    <message>
        <source>slower</source>
        <translation>变慢</translation>
    </message>
    <message>
        <source>neither</source>
        <translation>都没有</translation>
    </message>
    <message>
        <source>smaller, not timed</source>
        <translation>更小，未测速</translation>
    </message>
    <message>
        <source>not smaller, not timed</source>
        <translation>未变小，未测速</translation>
    </message>
    <message>
        <source>Techniques</source>
        <translation>技术</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Effect</source>
        <translation>效果</translation>
    </message>
    <message>
        <source>Smaller by</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Packed</source>
        <translation>打包</translation>
    </message>
    <message>
        <source>Faster by</source>
        <translation>加速</translation>
    </message>
    <message>
        <source>Points lost</source>
        <translation>损失百分点</translation>
    </message>
    <message>
        <source>Effects</source>
        <translation>效果</translation>
    </message>
</context>
<context>
    <name>EffectsPanel</name>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Filter by technique, variant or device</source>
        <translation>按技术、变体或设备筛选</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>Original divided by variant: above 1 is smaller or faster. Speed with its 95 % interval; a recipe of several steps is a line of its own.</source>
        <translation>原始模型除以变体：大于 1 表示更小或更快。速度带 95 % 置信区间；多步配方单独成一行。</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>Three ways to begin</source>
        <translation>三种开始方式</translation>
    </message>
    <message>
        <source>The sample project compresses a small image network, deploys it to this computer over SSH, verifies it there and measures what you gained.</source>
        <translation>示例项目会压缩一个小型图像网络，通过 SSH 部署到本机，在其上验证，并测量所获得的收益。</translation>
    </message>
    <message>
        <source>Run the sample project</source>
        <translation>运行示例项目</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>打开模型…</translation>
    </message>
    <message>
        <source>ONNX, TFLite, PyTorch, Keras or safetensors; a file can also be dropped on the window</source>
        <translation>ONNX、TFLite、PyTorch、Keras 或 safetensors；也可以把文件拖到窗口上</translation>
    </message>
    <message>
        <source>Open a project folder…</source>
        <translation>打开项目文件夹…</translation>
    </message>
    <message>
        <source>Variants, jobs and rollouts of a project are kept in its folder; an empty one begins a new project</source>
        <translation>项目的变体、任务和发布都保存在其文件夹中；空文件夹即新建项目</translation>
    </message>
    <message>
        <source>Quick: one network, about a minute</source>
        <translation>快速模式：一个网络，约一分钟</translation>
    </message>
    <message>
        <source>Without it: two networks with ten variants each, about five minutes</source>
        <translation>不勾选：两个网络、每个十个变体，约五分钟</translation>
    </message>
</context>
<context>
    <name>EnrolDialog</name>
    <message>
        <source>Add a device</source>
        <translation>添加设备</translation>
    </message>
    <message>
        <source>SSH agent, then ~/.ssh</source>
        <translation>SSH 代理程序，其次 ~/.ssh</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Private key</source>
        <translation>私钥</translation>
    </message>
    <message>
        <source>SSH agent or private key</source>
        <translation>SSH 代理程序或私钥</translation>
    </message>
    <message>
        <source>Password, this once</source>
        <translation>密码（仅此一次）</translation>
    </message>
    <message>
        <source>The login is root, and that is meant</source>
        <translation>以 root 登录，这是有意的</translation>
    </message>
    <message>
        <source>The agent needs no root: an account of its own is safer, and rights for sensors can be granted singly. Without this tick the agent refuses to run as root.</source>
        <translation>代理不需要 root：使用独立账户更安全，传感器的权限可以单独授予。不勾选时，代理拒绝以 root 运行。</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Find boards…</source>
        <translation>查找板卡…</translation>
    </message>
    <message>
        <source>Log in with</source>
        <translation>登录方式</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Log in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>安装</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Enter the password of the user on the board.</source>
        <translation>请输入板卡上该用户的密码。</translation>
    </message>
    <message>
        <source>Enter the board&apos;s address, as for ssh.</source>
        <translation>请输入板卡的地址，写法与 ssh 相同。</translation>
    </message>
    <message>
        <source>Give the board a name of your own.</source>
        <translation>请给板卡起一个名字。</translation>
    </message>
    <message>
        <source>{0} is enrolled already: it is set up anew, its groups and tags stay.</source>
        <translation>{0} 已经添加过：将重新设置，分组和标签保留。</translation>
    </message>
    <message>
        <source>Where is the board?</source>
        <translation>板卡在哪里？</translation>
    </message>
    <message>
        <source>The board needs SSH and any Python from 3.8 on. Nothing is sent before its key is accepted.</source>
        <translation>板卡需要 SSH 和 Python 3.8 以上版本。接受其密钥之前不会发送任何内容。</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>How do you log in to it?</source>
        <translation>如何登录？</translation>
    </message>
    <message>
        <source>Your login is used this once. Afterwards a key is used that starts the agent and nothing else.</source>
        <translation>你的登录方式只用这一次，之后使用一把只能启动代理程序的密钥。</translation>
    </message>
    <message>
        <source>The password is sent to the board once, after its key was accepted, and stored nowhere. Afterwards a key is used that starts the agent and nothing else.</source>
        <translation>密码只在接受板卡密钥之后向板卡发送一次，不保存在任何地方。此后使用的密钥只能启动代理程序。</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Looking at the board</source>
        <translation>正在查看板卡</translation>
    </message>
    <message>
        <source>Installing the agent</source>
        <translation>正在安装代理程序</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>正在连接…</translation>
    </message>
    <message>
        <source>Working…</source>
        <translation>进行中…</translation>
    </message>
    <message>
        <source>This takes some seconds.</source>
        <translation>需要几秒钟。</translation>
    </message>
    <message>
        <source>Is this the key of your board?</source>
        <translation>这是你的板卡的密钥吗？</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>新密钥</translation>
    </message>
    <message>
        <source>Nobody has accepted this host key yet. Compare it with what the board itself says: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</source>
        <translation>此主机密钥尚未被接受。请与板卡上显示的内容比对：ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</translation>
    </message>
    <message>
        <source>Yes, it is the same</source>
        <translation>是，一致</translation>
    </message>
    <message>
        <source>The key of this board changed</source>
        <translation>此板卡的密钥已改变</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>If you re-flashed the board, this is expected: the old key is forgotten and you compare the new one. If you did not, somebody may be in between: do not go on.</source>
        <translation>如果你重新刷写过板卡，这属正常：旧密钥会被移除，然后由你比对新密钥。否则可能有人在中间拦截：请不要继续。</translation>
    </message>
    <message>
        <source>before: {0}</source>
        <translation>之前：{0}</translation>
    </message>
    <message>
        <source>now: {0}</source>
        <translation>现在：{0}</translation>
    </message>
    <message>
        <source>I re-flashed this board</source>
        <translation>我重新刷写过此板卡</translation>
    </message>
    <message>
        <source>The board was not added</source>
        <translation>板卡未添加</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>{0} was added</source>
        <translation>已添加 {0}</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>The agent is installed and answers. You can deploy to this board now.</source>
        <translation>代理程序已安装并应答。现在可以部署到此板卡。</translation>
    </message>
    <message>
        <source>Board</source>
        <translation>板卡</translation>
    </message>
    <message>
        <source>Runtimes</source>
        <translation>运行时</translation>
    </message>
    <message>
        <source>none yet; the first deployment brings one</source>
        <translation>尚无；首次部署时会安装</translation>
    </message>
    <message>
        <source>Sensors</source>
        <translation>传感器</translation>
    </message>
    <message>
        <source>no sensor</source>
        <translation>无传感器</translation>
    </message>
</context>
<context>
    <name>Expected</name>
    <message>
        <source>from the speed of earlier runs of this model</source>
        <translation>根据此模型以往运行的速度</translation>
    </message>
    <message>
        <source>a wide range: nothing of this model ran here yet</source>
        <translation>范围较宽：此模型尚未在此运行过</translation>
    </message>
    <message>
        <source>no training</source>
        <translation>无需训练</translation>
    </message>
    <message>
        <source>up to {0} sample passes over {1} samples</source>
        <translation>最多 {0} 次样本遍历，共 {1} 个样本</translation>
    </message>
    <message>
        <source>{0} to {1}</source>
        <translation>{0} 至 {1}</translation>
    </message>
</context>
<context>
    <name>Findings</name>
    <message>
        <source>Training data</source>
        <translation>训练数据</translation>
    </message>
    <message>
        <source>Test data</source>
        <translation>测试数据</translation>
    </message>
    <message>
        <source>Gaussian noise</source>
        <translation>高斯噪声</translation>
    </message>
    <message>
        <source>Impulse noise</source>
        <translation>脉冲噪声</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>亮度</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>对比度</translation>
    </message>
    <message>
        <source>Blur</source>
        <translation>模糊</translation>
    </message>
    <message>
        <source>Attack: FGSM</source>
        <translation>攻击：FGSM</translation>
    </message>
    <message>
        <source>Attack: PGD</source>
        <translation>攻击：PGD</translation>
    </message>
    <message>
        <source>undefined</source>
        <translation>无定义</translation>
    </message>
    <message>
        <source>Answered by</source>
        <translation>由谁作答</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Lost against the original (points)</source>
        <translation>相对原始模型的损失（百分点）</translation>
    </message>
    <message>
        <source>Lost against this computer (points)</source>
        <translation>相对本机的损失（百分点）</translation>
    </message>
    <message>
        <source>{0} same answers</source>
        <translation>{0} 预测一致</translation>
    </message>
    <message>
        <source>cosine {0}</source>
        <translation>余弦 {0}</translation>
    </message>
    <message>
        <source>Agreement with the original</source>
        <translation>与原始模型的一致性</translation>
    </message>
    <message>
        <source>Agreement with this computer</source>
        <translation>与本机的一致性</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>95 % interval</source>
        <translation>95 % 置信区间</translation>
    </message>
    <message>
        <source>Metrics</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>left alone: {0}</source>
        <translation>未改动：{0}</translation>
    </message>
    <message>
        <source>Points lost</source>
        <translation>损失（百分点）</translation>
    </message>
    <message>
        <source>Original</source>
        <translation>原始模型</translation>
    </message>
    <message>
        <source>This variant</source>
        <translation>此变体</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>SQNR (dB)</source>
        <translation>SQNR（dB）</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>What happened, and by what</source>
        <translation>发生了什么，由谁所为</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Each layer&apos;s output against the original&apos;s: high is near.</source>
        <translation>每层输出与原始模型相比：数值越高越接近。</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Those that lost most come first.</source>
        <translation>损失最多的排在最前。</translation>
    </message>
    <message>
        <source>at least {0} on one core here</source>
        <translation>本机单核至少需 {0}</translation>
    </message>
    <message>
        <source>measured {0} on {1}</source>
        <translation>在 {1} 上实测 {0}</translation>
    </message>
    <message>
        <source>{0}, made for the original</source>
        <translation>{0}（针对原始模型）</translation>
    </message>
    <message>
        <source>Condition</source>
        <translation>条件</translation>
    </message>
    <message>
        <source>{0} of the original</source>
        <translation>原始模型的{0}</translation>
    </message>
    <message>
        <source>{0} of this variant</source>
        <translation>此变体的{0}</translation>
    </message>
    <message>
        <source>Conditions</source>
        <translation>条件</translation>
    </message>
    <message>
        <source>Training against test data is the gap of generalisation.</source>
        <translation>训练数据与测试数据之差即泛化差距。</translation>
    </message>
    <message>
        <source>Remarks</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Whole, one core</source>
        <translation>整体，单核</translation>
    </message>
    <message>
        <source>Whole, {0} threads</source>
        <translation>整体，{0} 线程</translation>
    </message>
    <message>
        <source>Pipeline of {0} stages</source>
        <translation>{0} 级流水线</translation>
    </message>
    <message>
        <source>Way</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>Samples per second</source>
        <translation>每秒样本数</translation>
    </message>
    <message>
        <source>Passes on</source>
        <translation>传给下一级</translation>
    </message>
    <message>
        <source>One sample alone (ms)</source>
        <translation>单个样本（ms）</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>级</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>MACs</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>Throughput against one core</source>
        <translation>吞吐量，相对单核</translation>
    </message>
    <message>
        <source>Against threads on the same cores</source>
        <translation>相对相同核数的多线程</translation>
    </message>
    <message>
        <source>Ways to run it</source>
        <translation>运行方式</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>级数</translation>
    </message>
</context>
<context>
    <name>FleetDialog</name>
    <message>
        <source>Boards of a file</source>
        <translation>文件中的板卡</translation>
    </message>
    <message>
        <source>Boards are added side by side. A board whose key is unknown needs its fingerprint in the file.</source>
        <translation>板卡会并行添加。密钥未知的板卡需要在文件中写明其指纹。</translation>
    </message>
    <message>
        <source>Logins are root where the file says so, and that is meant</source>
        <translation>文件中以 root 登录的是有意为之</translation>
    </message>
    <message>
        <source>Without this tick the agent refuses to run as root.</source>
        <translation>不勾选时，代理拒绝以 root 运行。</translation>
    </message>
    <message>
        <source>Add them</source>
        <translation>全部添加</translation>
    </message>
</context>
<context>
    <name>FleetPanel</name>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Filter the devices</source>
        <translation>筛选设备</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>No device was added or measured yet.</source>
        <translation>尚未添加或测量任何设备。</translation>
    </message>
    <message>
        <source>The device is as it was.</source>
        <translation>该设备没有变化。</translation>
    </message>
    <message>
        <source>All {0} devices are as they were.</source>
        <translation>全部 {0} 台设备一切如常。</translation>
    </message>
    <message>
        <source>{0} of {1} devices needs a look; it comes first.</source>
        <translation>{1} 台设备中有 {0} 台需要查看，排在最前。</translation>
    </message>
    <message>
        <source>{0} of {1} devices need a look; they come first.</source>
        <translation>{1} 台设备中有 {0} 台需要查看，排在最前。</translation>
    </message>
</context>
<context>
    <name>Foreseeing</name>
    <message>
        <source>Its own readings</source>
        <translation>它自己的测量记录</translation>
    </message>
    <message>
        <source>Your other boards</source>
        <translation>你的其他板卡</translation>
    </message>
    <message>
        <source>Table of ncnn</source>
        <translation>ncnn 的公开表</translation>
    </message>
    <message>
        <source>Table of XNNPACK</source>
        <translation>XNNPACK 的公开表</translation>
    </message>
    <message>
        <source>Needs some bundles of this project measured on the device.</source>
        <translation>需要本项目的一些包已在该设备上测量。</translation>
    </message>
    <message>
        <source>Needs one bundle measured there, and the same bundles on several other boards.</source>
        <translation>需要一个包已在该设备上测量，且同样的包在其他多块板卡上测量过。</translation>
    </message>
    <message>
        <source>For the models of the table. Needs what one or two of them take on this device: squeezenet=41.2, resnet18=120</source>
        <translation>用于表中的模型。需要知道其中一两个在该设备上的耗时：squeezenet=41.2, resnet18=120</translation>
    </message>
    <message>
        <source>Choose a device.</source>
        <translation>请选择一个设备。</translation>
    </message>
    <message>
        <source>Name models of the table.</source>
        <translation>请填写表中的模型名称。</translation>
    </message>
    <message>
        <source>Write what a model of the table takes here: NAME=MS</source>
        <translation>请填写表中某个模型在此的耗时：名称=毫秒</translation>
    </message>
    <message>
        <source>Tick at least one variant.</source>
        <translation>请至少勾选一个变体。</translation>
    </message>
    <message>
        <source>Rests on</source>
        <translation>依据</translation>
    </message>
    <message>
        <source>Caution</source>
        <translation>注意</translation>
    </message>
    <message>
        <source>Most worth measuring</source>
        <translation>最值得测量</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>p50 (ms)</source>
        <translation>p50（ms）</translation>
    </message>
    <message>
        <source>90 % interval</source>
        <translation>90 % 区间</translation>
    </message>
    <message>
        <source>Origin</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Known (ms)</source>
        <translation>已知（ms）</translation>
    </message>
    <message>
        <source>Memory (MB)</source>
        <translation>内存（MB）</translation>
    </message>
    <message>
        <source>Predictions</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>Predicted, not measured: such figures never enter a profile or a comparison.</source>
        <translation>这是预测，不是测量：这些数字不会进入画像或比较。</translation>
    </message>
    <message>
        <source>{0} bundles measured on {1}</source>
        <translation>在 {1} 上测量过 {0} 个包</translation>
    </message>
    <message>
        <source>too few readings</source>
        <translation>测量记录太少</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>预测</translation>
    </message>
</context>
<context>
    <name>ForesightDialog</name>
    <message>
        <source>Predict without measuring</source>
        <translation>不测量而预测</translation>
    </message>
    <message>
        <source>What a variant would take on a device, with the interval in which it lies nine times out of ten. A prediction is no reading: measure before you decide.</source>
        <translation>变体在设备上大约需要多少，并给出十次中有九次落入的区间。预测不是测量记录：决定之前请先测量。</translation>
    </message>
    <message>
        <source>Choose a device and tick variants: the predictions are shown here.</source>
        <translation>选择设备并勾选变体：预测显示在这里。</translation>
    </message>
    <message>
        <source>First time every kind of operator (10 s)</source>
        <translation>先测每种算子的耗时（10 秒）</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Learn from</source>
        <translation>依据</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Names of the table, with commas between</source>
        <translation>表中的名称，用逗号分隔</translation>
    </message>
    <message>
        <source>Known here</source>
        <translation>此处已知</translation>
    </message>
    <message>
        <source>What models of the table take on this device, in ms</source>
        <translation>表中的模型在该设备上的耗时，毫秒</translation>
    </message>
    <message>
        <source>Variants</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>Predict</source>
        <translation>预测</translation>
    </message>
</context>
<context>
    <name>FoundDialog</name>
    <message>
        <source>Add…</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>Boards nearby</source>
        <translation>附近的板卡</translation>
    </message>
    <message>
        <source>Hosts of your SSH configuration, and names and links where boards usually answer.</source>
        <translation>你的 SSH 配置中的主机，以及板卡通常会响应的名称和链路。</translation>
    </message>
    <message>
        <source>No board answered. Check its power and its network, or add it by its address.</source>
        <translation>没有板卡响应。请检查电源和网络，或按地址添加。</translation>
    </message>
</context>
<context>
    <name>GainCard</name>
    <message>
        <source>No variant is surely faster within one point in this run.</source>
        <translation>本次运行中，没有变体能在损失不超过一个百分点时确定更快。</translation>
    </message>
    <message>
        <source>recommended: {0}</source>
        <translation>推荐：{0}</translation>
    </message>
    <message>
        <source>smaller, packed</source>
        <translation>体积缩小（打包后）</translation>
    </message>
    <message>
        <source>faster</source>
        <translation>速度提升</translation>
    </message>
    <message>
        <source>points of change, within the noise</source>
        <translation>个百分点变化，在误差范围内</translation>
    </message>
    <message>
        <source>points lost</source>
        <translation>个百分点损失</translation>
    </message>
    <message>
        <source>points gained</source>
        <translation>个百分点提升</translation>
    </message>
</context>
<context>
    <name>GainedState</name>
    <message>
        <source>Variants</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>1 thread</source>
        <translation>1 个线程</translation>
    </message>
    <message>
        <source>{0} threads</source>
        <translation>{0} 个线程</translation>
    </message>
    <message>
        <source>at least {0} predictions each, interleaved</source>
        <translation>每个变体至少 {0} 次预测，交错进行</translation>
    </message>
</context>
<context>
    <name>Glance</name>
    <message>
        <source>It has no agent of this version yet; what runs there goes on.</source>
        <translation>它还没有此版本的代理程序；那里运行的内容不受影响。</translation>
    </message>
    <message>
        <source>Temp</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>频率</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>功率</translation>
    </message>
    <message>
        <source>no sensor</source>
        <translation>无传感器</translation>
    </message>
</context>
<context>
    <name>Held</name>
    <message>
        <source>{0} has this board since {1}: {2}. It is free in {3} at the latest.</source>
        <translation>{0} 已占用这块板卡 {1}：{2}。最迟 {3}后空出。</translation>
    </message>
</context>
<context>
    <name>HeldLine</name>
    <message>
        <source>Unlock…</source>
        <translation>解锁…</translation>
    </message>
    <message>
        <source>Take the board from whoever has it</source>
        <translation>从占用者手中收回这块板卡</translation>
    </message>
    <message>
        <source>Held</source>
        <translation>被占用</translation>
    </message>
    <message>
        <source>Take the board {0} from whoever has it?</source>
        <translation>要从占用者手中收回 {0} 吗？</translation>
    </message>
    <message>
        <source>What is under way there ends as after a cut link; what runs stays.</source>
        <translation>那里正在进行的工作会像断线一样结束；正在运行的不变。</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>解锁</translation>
    </message>
</context>
<context>
    <name>HistogramPlot</name>
    <message>
        <source>Latency (ms)</source>
        <translation>延迟（ms）</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行次数</translation>
    </message>
</context>
<context>
    <name>HistoryPanel</name>
    <message>
        <source>Refresh</source>
        <translation>刷新</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>From every desktop and every rollout, the newest first.</source>
        <translation>来自每台电脑、每次分批发布，最新的在最前。</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>正在连接…</translation>
    </message>
    <message>
        <source>Nothing was deployed to this board yet.</source>
        <translation>这块板卡上还没有部署过任何内容。</translation>
    </message>
</context>
<context>
    <name>InterruptedCard</name>
    <message>
        <source>Interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>Show jobs</source>
        <translation>查看任务</translation>
    </message>
    <message>
        <source>1 job of this project did not finish. It can go on from its last finished step.</source>
        <translation>本项目有 1 个任务未完成，可以从最后完成的步骤继续。</translation>
    </message>
    <message>
        <source>{0} jobs of this project did not finish. They can go on from their last finished steps.</source>
        <translation>本项目有 {0} 个任务未完成，可以从最后完成的步骤继续。</translation>
    </message>
</context>
<context>
    <name>Isolation</name>
    <message>
        <source>unknown: the agent was too old to tell</source>
        <translation>未知：当时的代理版本过旧，无法告知</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>at most {0}</source>
        <translation>至多 {0}</translation>
    </message>
    <message>
        <source>no limit on {0}</source>
        <translation>未限制 {0}</translation>
    </message>
    <message>
        <source>no network (a namespace of its own)</source>
        <translation>无法访问网络（独立的命名空间）</translation>
    </message>
    <message>
        <source>no network (a filter of system calls)</source>
        <translation>无法访问网络（系统调用过滤）</translation>
    </message>
    <message>
        <source>the network is open to a model</source>
        <translation>网络对模型开放</translation>
    </message>
    <message>
        <source>no network ({0})</source>
        <translation>无法访问网络({0})</translation>
    </message>
    <message>
        <source>{0} of address space</source>
        <translation>{0} 地址空间</translation>
    </message>
    <message>
        <source>address space</source>
        <translation>地址空间</translation>
    </message>
    <message>
        <source>{0} s of processor time</source>
        <translation>{0} 秒处理器时间</translation>
    </message>
    <message>
        <source>processor time</source>
        <translation>处理器时间</translation>
    </message>
    <message>
        <source>{0} per file</source>
        <translation>每个文件 {0}</translation>
    </message>
    <message>
        <source>file size</source>
        <translation>文件大小</translation>
    </message>
    <message>
        <source>{0} open files</source>
        <translation>{0} 个打开的文件</translation>
    </message>
    <message>
        <source>open files</source>
        <translation>打开的文件数</translation>
    </message>
</context>
<context>
    <name>JobBar</name>
    <message>
        <source>Progress of this step</source>
        <translation>本步骤进度</translation>
    </message>
    <message>
        <source>Not responding</source>
        <translation>无响应</translation>
    </message>
</context>
<context>
    <name>Jobs</name>
    <message>
        <source>{0} bundles</source>
        <translation>{0} 个部署包</translation>
    </message>
    <message>
        <source>1 bundle</source>
        <translation>1 个部署包</translation>
    </message>
    <message>
        <source>and {0} before</source>
        <translation>以及此前 {0} 个</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Data set</source>
        <translation>数据集</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Recipes</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Goal</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Judged by</source>
        <translation>评判指标</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Bundles</source>
        <translation>部署包</translation>
    </message>
    <message>
        <source>Variants</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>限制</translation>
    </message>
    <message>
        <source>Points lost at most</source>
        <translation>最多损失百分点</translation>
    </message>
    <message>
        <source>Trials</source>
        <translation>试验次数</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Slot</source>
        <translation>槽位</translation>
    </message>
    <message>
        <source>Quick run</source>
        <translation>快速运行</translation>
    </message>
    <message>
        <source>Random seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Output folder</source>
        <translation>输出文件夹</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Last sign of life</source>
        <translation>最近活动</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>已中断</translation>
    </message>
</context>
<context>
    <name>JobsPage</name>
    <message>
        <source>Jobs</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>刷新</translation>
    </message>
    <message>
        <source>All jobs</source>
        <translation>全部任务</translation>
    </message>
    <message>
        <source>What was asked</source>
        <translation>任务参数</translation>
    </message>
    <message>
        <source>Every job is journalled: it can be closed, killed and resumed.</source>
        <translation>每个任务都有日志：可以关闭、终止，再继续。</translation>
    </message>
    <message>
        <source>{0} running</source>
        <translation>{0} 个正在运行</translation>
    </message>
    <message>
        <source>Nothing ran in this project yet</source>
        <translation>本项目还没有运行过任务</translation>
    </message>
    <message>
        <source>A compression appears here while it runs and stays with its log and its curves.</source>
        <translation>压缩任务运行时会出现在这里，其日志和曲线会保留。</translation>
    </message>
    <message>
        <source>Compress a model</source>
        <translation>压缩模型</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>What it made</source>
        <translation>产出</translation>
    </message>
    <message>
        <source>It was cut off before it was done. Resume goes on from its last finished step.</source>
        <translation>任务在完成前被中断。点“继续”可从最后完成的步骤接着运行。</translation>
    </message>
</context>
<context>
    <name>KeysDialog</name>
    <message>
        <source>Signing keys of the boards</source>
        <translation>各板卡信任的签名密钥</translation>
    </message>
    <message>
        <source>A board runs only what a key it trusts has signed. Replace this desktop&apos;s key when somebody may have copied it, and revoke the key of a desktop that is gone.</source>
        <translation>板卡只运行由它信任的密钥签名的内容。如果本机密钥可能被人复制，请更换它；已不再使用的电脑，请吊销它的密钥。</translation>
    </message>
    <message>
        <source>The boards are asked which keys they trust.</source>
        <translation>正在询问各板卡信任哪些密钥。</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Revoke…</source>
        <translation>吊销…</translation>
    </message>
    <message>
        <source>The ticked devices trust the selected key never again</source>
        <translation>勾选的设备将永远不再信任所选的密钥</translation>
    </message>
    <message>
        <source>Replace this desktop&apos;s key…</source>
        <translation>更换本机的密钥…</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>Tick at least one device.</source>
        <translation>请至少勾选一个设备。</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>再次询问</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>询问</translation>
    </message>
    <message>
        <source>Revoke the key {0}?</source>
        <translation>吊销密钥 {0}？</translation>
    </message>
    <message>
        <source>{0} trust it never again. What it signed before keeps running.</source>
        <translation>{0} 将永远不再信任它。它以前签名的内容继续运行。</translation>
    </message>
    <message>
        <source>Revoke</source>
        <translation>吊销</translation>
    </message>
    <message>
        <source>Nothing is replaced until all ticked devices trust the new key; then the old one is revoked.</source>
        <translation>在所有勾选的设备都信任新密钥之前不会更换；之后旧密钥被吊销。</translation>
    </message>
    <message>
        <source>These would not know the new key, and take nothing of this desktop any more: {0}</source>
        <translation>这些设备不会知道新密钥，也不再接受本机的任何内容：{0}</translation>
    </message>
    <message>
        <source>Replace this desktop&apos;s signing key?</source>
        <translation>更换本机的签名密钥？</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>更换</translation>
    </message>
</context>
<context>
    <name>KnobForm</name>
    <message>
        <source>Tick at least one.</source>
        <translation>请至少勾选一项。</translation>
    </message>
    <message>
        <source>KEY=VALUE, separated by commas</source>
        <translation>键=值，用逗号分隔</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>two numbers, low – high, each</source>
        <translation>两个数（低 – 高），各为</translation>
    </message>
    <message>
        <source>a list</source>
        <translation>列表</translation>
    </message>
    <message>
        <source>This must be {0} {1}</source>
        <translation>此处必须是{0} {1}</translation>
    </message>
    <message>
        <source>Fewer settings</source>
        <translation>收起设置</translation>
    </message>
    <message>
        <source>More settings</source>
        <translation>更多设置</translation>
    </message>
</context>
<context>
    <name>Knowledge</name>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Look at it</source>
        <translation>需查看</translation>
    </message>
    <message>
        <source>Unchanged</source>
        <translation>如常</translation>
    </message>
    <message>
        <source>What needs a look</source>
        <translation>需要查看的内容</translation>
    </message>
    <message>
        <source>Board</source>
        <translation>板卡</translation>
    </message>
    <message>
        <source>Readings</source>
        <translation>测量记录</translation>
    </message>
    <message>
        <source>Bundles</source>
        <translation>部署包</translation>
    </message>
    <message>
        <source>Bundles with a reading that still describes the device</source>
        <translation>测量记录仍符合设备现状的部署包</translation>
    </message>
    <message>
        <source>Last measured</source>
        <translation>上次测量</translation>
    </message>
    <message>
        <source>1 thread</source>
        <translation>1 线程</translation>
    </message>
    <message>
        <source>{0} threads</source>
        <translation>{0} 线程</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Runtime</source>
        <translation>运行时</translation>
    </message>
    <message>
        <source>Speed-up</source>
        <translation>加速比</translation>
    </message>
    <message>
        <source>Time on the first divided by the second</source>
        <translation>前者的时间除以后者的时间</translation>
    </message>
    <message>
        <source>Origin</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Published</source>
        <translation>公开发表</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>实测</translation>
    </message>
    <message>
        <source>Nearest is {0}: {1}</source>
        <translation>最接近的是 {0}：{1}</translation>
    </message>
    <message>
        <source>No variant surely keeps the limits anywhere.</source>
        <translation>没有变体在任何板上确定满足限制。</translation>
    </message>
    <message>
        <source>Enough for {3} of {4} boards: {2} ({0} of {1} variants)</source>
        <translation>{4} 块板卡中的 {3} 块足够：{2}（{1} 个变体中的 {0} 个）</translation>
    </message>
    <message>
        <source>none keeps the limits</source>
        <translation>都不满足限制</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>限制</translation>
    </message>
    <message>
        <source>Enough for all: {2} ({0} of {1} variants)</source>
        <translation>对全部足够：{2}（{1} 个变体中的 {0} 个）</translation>
    </message>
</context>
<context>
    <name>Layers</name>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>{0} % zeros</source>
        <translation>{0} % 为零</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Operator</source>
        <translation>算子</translation>
    </message>
</context>
<context>
    <name>LayersDialog</name>
    <message>
        <source>Layer by layer</source>
        <translation>逐层对比</translation>
    </message>
    <message>
        <source>Differences only</source>
        <translation>仅显示差异</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Filter the layers</source>
        <translation>筛选层</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Weights with the change against the first variant, how they are stored, and zeros among them.</source>
        <translation>权重数及相对第一个变体的变化、存储方式和零值占比。</translation>
    </message>
    <message>
        <source>Reading the files…</source>
        <translation>正在读取文件…</translation>
    </message>
    <message>
        <source>{0} layers are the same in all of them.</source>
        <translation>{0} 层在所有变体中相同。</translation>
    </message>
    <message>
        <source>1 layer is the same in all of them.</source>
        <translation>有 1 层在各变体中都相同。</translation>
    </message>
</context>
<context>
    <name>LimitSlider</name>
    <message>
        <source>any</source>
        <translation>不限</translation>
    </message>
</context>
<context>
    <name>LimitsCard</name>
    <message>
        <source>Limits</source>
        <translation>限制</translation>
    </message>
    <message>
        <source>A preset picks among the candidates that keep them on every chosen device. An empty field is no limit.</source>
        <translation>预设只在每台所选设备上都满足限制的候选中挑选。留空表示没有限制。</translation>
    </message>
    <message>
        <source>Latency at most</source>
        <translation>延迟不超过</translation>
    </message>
    <message>
        <source>Packed size at most</source>
        <translation>打包体积不超过</translation>
    </message>
    <message>
        <source>Energy at most</source>
        <translation>能耗不超过</translation>
    </message>
</context>
<context>
    <name>Live</name>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>频率</translation>
    </message>
    <message>
        <source>Processor load</source>
        <translation>处理器负载</translation>
    </message>
    <message>
        <source>Memory in use</source>
        <translation>已用内存</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>功耗</translation>
    </message>
    <message>
        <source>of the chip</source>
        <translation>芯片</translation>
    </message>
    <message>
        <source>of the module</source>
        <translation>模块</translation>
    </message>
    <message>
        <source>of the whole board</source>
        <translation>整块板卡</translation>
    </message>
    <message>
        <source>at the wall</source>
        <translation>插座处</translation>
    </message>
    <message>
        <source>under-voltage</source>
        <translation>欠压</translation>
    </message>
    <message>
        <source>clock capped</source>
        <translation>频率受限</translation>
    </message>
    <message>
        <source>throttled</source>
        <translation>已降频</translation>
    </message>
    <message>
        <source>soft temperature limit</source>
        <translation>软温度上限</translation>
    </message>
    <message>
        <source>Throttling unknown</source>
        <translation>降频状态未知</translation>
    </message>
    <message>
        <source>Not throttled</source>
        <translation>未降频</translation>
    </message>
    <message>
        <source>no sensor: {0}</source>
        <translation>无传感器：{0}</translation>
    </message>
    <message>
        <source>of {0}</source>
        <translation>共 {0}</translation>
    </message>
</context>
<context>
    <name>LivePanel</name>
    <message>
        <source>every {0} s</source>
        <translation>每 {0} 秒</translation>
    </message>
    <message>
        <source>last {0} min</source>
        <translation>最近 {0} 分钟</translation>
    </message>
    <message>
        <source>Pace</source>
        <translation>间隔</translation>
    </message>
    <message>
        <source>How far back</source>
        <translation>回看多久</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Watch</source>
        <translation>开始观察</translation>
    </message>
    <message>
        <source>Look at the sensors again and again; nothing is deployed</source>
        <translation>反复读取传感器；不部署任何内容</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>正在连接…</translation>
    </message>
    <message>
        <source>Nothing has to run on the board for this.</source>
        <translation>板卡上不需要运行任何东西。</translation>
    </message>
    <message>
        <source>not watched yet</source>
        <translation>尚未观察</translation>
    </message>
    <message>
        <source>nothing was measured here yet</source>
        <translation>这里还没有测量过</translation>
    </message>
    <message>
        <source>Latency (p50)</source>
        <translation>延迟 (p50)</translation>
    </message>
    <message>
        <source>readings, oldest to newest</source>
        <translation>测量记录，由旧到新</translation>
    </message>
</context>
<context>
    <name>LogPanel</name>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Filter the log</source>
        <translation>筛选日志</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Menu</source>
        <translation>菜单</translation>
    </message>
    <message>
        <source>Chinese needs a font, for example: sudo apt install fonts-noto-cjk</source>
        <translation>显示中文需要字体，例如：sudo apt install fonts-noto-cjk</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Work is still running. Stop it and close the window?</source>
        <translation>仍有工作在运行。要停止它并关闭窗口吗？</translation>
    </message>
    <message>
        <source>A compression, a campaign or a rollout can be resumed from its last finished step. A measurement, a deployment or a new device begins anew; boards keep what they run.</source>
        <translation>压缩、批量测量或分批部署可从最后完成的步骤继续；测量、部署或添加设备需要重新开始，板卡上运行的内容保持不变。</translation>
    </message>
    <message>
        <source>Stop it and close</source>
        <translation>停止并关闭</translation>
    </message>
</context>
<context>
    <name>ManyDevices</name>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Known from</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>added as {0}</source>
        <translation>已添加为 {0}</translation>
    </message>
    <message>
        <source>SSH answers</source>
        <translation>SSH 有响应</translation>
    </message>
    <message>
        <source>no SSH</source>
        <translation>无 SSH</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>added</source>
        <translation>已添加</translation>
    </message>
    <message>
        <source>known already</source>
        <translation>早已添加</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
</context>
<context>
    <name>Matrix</name>
    <message>
        <source>Tick variants and devices, then deploy: each step of each pair is shown here.</source>
        <translation>勾选变体和设备，然后部署：每一对的每一步都显示在这里。</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
</context>
<context>
    <name>MeasureDialog</name>
    <message>
        <source>Measure on devices</source>
        <translation>在设备上测量</translation>
    </message>
    <message>
        <source>What is not packed yet is packed, sent and verified first; what runs in the slots of a device stays. The readings go into the profile of its board.</source>
        <translation>尚未打包的会先打包、发送并验证；设备槽位中运行的内容不变。测量记录写入该板卡的画像。</translation>
    </message>
    <message>
        <source>Choose how to measure; what was measured is shown here.</source>
        <translation>选择测量方式；测得的结果显示在这里。</translation>
    </message>
    <message>
        <source>Energy, too, where there is a sensor</source>
        <translation>有传感器时也测能耗</translation>
    </message>
    <message>
        <source>Time of every layer, too</source>
        <translation>同时测每一层的耗时</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Queries come</source>
        <translation>请求方式</translation>
    </message>
    <message>
        <source>Rate (1/s)</source>
        <translation>速率（1/秒）</translation>
    </message>
    <message>
        <source>Queries or frames a second</source>
        <translation>每秒的请求数或帧数</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>Deadline (ms)</source>
        <translation>时限（ms）</translation>
    </message>
    <message>
        <source>Of an answer; of a camera it is one frame, if left open</source>
        <translation>每个回答的时限；对摄像头，留空则为一帧</translation>
    </message>
    <message>
        <source>Answers per burst</source>
        <translation>每次突发的回答数</translation>
    </message>
    <message>
        <source>Rest (s)</source>
        <translation>间歇（秒）</translation>
    </message>
    <message>
        <source>Before each burst</source>
        <translation>每组之前</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>One count, or several with commas between: 1, 2, 4</source>
        <translation>一个数，或用逗号分隔的多个数：1, 2, 4</translation>
    </message>
    <message>
        <source>Compare with</source>
        <translation>比较对象</translation>
    </message>
    <message>
        <source>Both run in the same blocks, in random order: the speed-up has an interval</source>
        <translation>两者在同一批次中以随机顺序运行：加速比带有区间</translation>
    </message>
    <message>
        <source>Beside it run</source>
        <translation>同时运行</translation>
    </message>
    <message>
        <source>Slots of the device whose models run all the while, with commas between</source>
        <translation>设备上全程同时运行其模型的槽位，用逗号分隔</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
</context>
<context>
    <name>MeasuredFront</name>
    <message>
        <source>Latency p50 (ms)   ← better</source>
        <translation>延迟 p50 (ms)   ← 越低越好</translation>
    </message>
    <message>
        <source>Packed size (kB)   ← better</source>
        <translation>打包大小 (kB)   ← 越低越好</translation>
    </message>
    <message>
        <source>Points lost: {0}   ← better</source>
        <translation>损失点数：{0}   ← 越低越好</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>尚未测量</translation>
    </message>
</context>
<context>
    <name>Measuring</name>
    <message>
        <source>One after the other</source>
        <translation>逐个到来</translation>
    </message>
    <message>
        <source>Server: at random</source>
        <translation>服务器：随机到来</translation>
    </message>
    <message>
        <source>Camera: at a fixed rate</source>
        <translation>摄像头：固定速率</translation>
    </message>
    <message>
        <source>Several at once</source>
        <translation>同时数个</translation>
    </message>
    <message>
        <source>All at once</source>
        <translation>全部一次到来</translation>
    </message>
    <message>
        <source>Bursts after a rest</source>
        <translation>间歇后的突发</translation>
    </message>
    <message>
        <source>For minutes, until warm</source>
        <translation>持续数分钟，直到变热</translation>
    </message>
    <message>
        <source>Latency of a single query with its interval, and what a cold start takes.</source>
        <translation>单个请求的延迟及其区间，以及冷启动的耗时。</translation>
    </message>
    <message>
        <source>Latency counts from the moment a query was due: a board that falls behind shows it.</source>
        <translation>延迟从请求应到的时刻算起：跟不上的板卡会显露出来。</translation>
    </message>
    <message>
        <source>How many frames come through in time, and which stage holds them up.</source>
        <translation>有多少帧及时完成，哪个阶段拖慢了它们。</translation>
    </message>
    <message>
        <source>Latency of eight queries that come together.</source>
        <translation>同时到来的八个请求的延迟。</translation>
    </message>
    <message>
        <source>How many samples a second when none has to wait.</source>
        <translation>不必等待时每秒处理多少样本。</translation>
    </message>
    <message>
        <source>The first answer of a board that rested, against those right behind it.</source>
        <translation>板卡空闲后的第一个回答，与紧随其后的回答相比。</translation>
    </message>
    <message>
        <source>The first minute against the steady state of the warm board.</source>
        <translation>第一分钟与板卡变热后的稳定状态相比。</translation>
    </message>
    <message>
        <source>Choose a variant and tick at least one device.</source>
        <translation>请选择一个变体并至少勾选一个设备。</translation>
    </message>
    <message>
        <source>Threads: write one count, or several with commas between.</source>
        <translation>线程：填写一个数，或用逗号分隔的几个数。</translation>
    </message>
    <message>
        <source>A service runs with one count of threads.</source>
        <translation>服务只用一个线程数运行。</translation>
    </message>
    <message>
        <source>Say how many queries come in a second.</source>
        <translation>请填写每秒有多少请求。</translation>
    </message>
    <message>
        <source>Say for how many seconds.</source>
        <translation>请填写持续多少秒。</translation>
    </message>
    <message>
        <source>Say how many answers a burst has: 1 to 1000.</source>
        <translation>请填写每组有多少个回答：1 到 1000。</translation>
    </message>
    <message>
        <source>Say for how many seconds it rests: 0.1 to 500.</source>
        <translation>请填写间歇多少秒：0.1 到 500。</translation>
    </message>
    <message>
        <source>Say for how many minutes: 1 to 120.</source>
        <translation>请填写持续多少分钟：1 到 120。</translation>
    </message>
    <message>
        <source>Runs at least: a whole number from 30 on.</source>
        <translation>最少运行次数：不小于 30 的整数。</translation>
    </message>
    <message>
        <source>Power read off: watts at rest and under load, as in 2.7:4.1</source>
        <translation>读出的功率：空闲和负载时的瓦数，例如 2.7:4.1</translation>
    </message>
    <message>
        <source>Plug: shelly://HOST, shelly1://HOST or tasmota://HOST</source>
        <translation>插座：shelly://主机、shelly1://主机或 tasmota://主机</translation>
    </message>
    <message>
        <source>What is stopped before must be started after: fill in both.</source>
        <translation>之前停止的服务之后必须启动：请两项都填。</translation>
    </message>
    <message>
        <source>Energy is read off, or measured: choose one.</source>
        <translation>能耗要么读出，要么测量：请选其一。</translation>
    </message>
    <message>
        <source>{0} to load, {1} for the first answer</source>
        <translation>加载 {0}，首次推理 {1}</translation>
    </message>
    <message>
        <source>Cold start</source>
        <translation>冷启动</translation>
    </message>
    <message>
        <source>Energy</source>
        <translation>能耗</translation>
    </message>
    <message>
        <source>Trust in the board</source>
        <translation>对板卡的信任</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Remarks</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Against {0}</source>
        <translation>与 {0} 相比</translation>
    </message>
    <message>
        <source>Against {0}, threads: {1}</source>
        <translation>与 {0} 相比，线程 {1}</translation>
    </message>
    <message>
        <source>Latency p50 (ms)</source>
        <translation>延迟 p50（ms）</translation>
    </message>
    <message>
        <source>p90 (ms)</source>
        <translation>p90（ms）</translation>
    </message>
    <message>
        <source>p99 (ms)</source>
        <translation>p99（ms）</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>Energy (mJ)</source>
        <translation>能耗（mJ）</translation>
    </message>
    <message>
        <source>Median with its 95 % interval; p99 needs 299 runs.</source>
        <translation>中位数及其 95 % 置信区间；p99 需要 299 次运行。</translation>
    </message>
    <message>
        <source>Readings</source>
        <translation>测量记录</translation>
    </message>
    <message>
        <source>Throughput</source>
        <translation>吞吐量</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>各层</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>未测量</translation>
    </message>
    <message>
        <source>Isolation</source>
        <translation>隔离</translation>
    </message>
    <message>
        <source>Isolation on {0}</source>
        <translation>{0} 上的隔离</translation>
    </message>
    <message>
        <source>p50 (ms)</source>
        <translation>p50（ms）</translation>
    </message>
    <message>
        <source>In time</source>
        <translation>及时</translation>
    </message>
    <message>
        <source>Queries</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>Backlog</source>
        <translation>积压</translation>
    </message>
    <message>
        <source>What limits</source>
        <translation>瓶颈</translation>
    </message>
    <message>
        <source>In time: the share of queries answered within their deadline.</source>
        <translation>及时：在时限内得到回答的请求所占比例。</translation>
    </message>
    <message>
        <source>As a service</source>
        <translation>作为服务</translation>
    </message>
    <message>
        <source>Bursts</source>
        <translation>组数</translation>
    </message>
    <message>
        <source>First (ms)</source>
        <translation>首个（ms）</translation>
    </message>
    <message>
        <source>Those behind it (ms)</source>
        <translation>其后的（ms）</translation>
    </message>
    <message>
        <source>First to others</source>
        <translation>首个与其后之比</translation>
    </message>
    <message>
        <source>After a rest</source>
        <translation>间歇之后</translation>
    </message>
    <message>
        <source>Medians over the bursts, with their 95 % intervals.</source>
        <translation>各组的中位数及其 95 % 置信区间。</translation>
    </message>
    <message>
        <source>high: nothing spoke against it</source>
        <translation>高：没有不利迹象</translation>
    </message>
    <message>
        <source>fair: one or two things spoke against it</source>
        <translation>中：有一两项不利迹象</translation>
    </message>
    <message>
        <source>low: its figures may be off</source>
        <translation>低：数字可能不准</translation>
    </message>
    <message>
        <source>reading the file</source>
        <translation>读取文件</translation>
    </message>
    <message>
        <source>preparing the input</source>
        <translation>准备输入</translation>
    </message>
    <message>
        <source>the network</source>
        <translation>网络本身</translation>
    </message>
    <message>
        <source>reading the answer</source>
        <translation>读取回答</translation>
    </message>
    <message>
        <source>Slot</source>
        <translation>槽位</translation>
    </message>
    <message>
        <source>Beside</source>
        <translation>同时测量</translation>
    </message>
    <message>
        <source>Runs/s</source>
        <translation>每秒次数</translation>
    </message>
    <message>
        <source>Alone (runs/s)</source>
        <translation>单独（次/秒）</translation>
    </message>
    <message>
        <source>Slower</source>
        <translation>变慢</translation>
    </message>
    <message>
        <source>Alone (ms)</source>
        <translation>单独 (ms)</translation>
    </message>
    <message>
        <source>Models beside</source>
        <translation>同时运行的模型</translation>
    </message>
    <message>
        <source>A model that waits for the processor now and then makes fewer runs at the same median.</source>
        <translation>偶尔等待处理器的模型，中位数不变而运行次数减少。</translation>
    </message>
    <message>
        <source>steady</source>
        <translation>已稳定</translation>
    </message>
    <message>
        <source>not steady yet</source>
        <translation>尚未稳定</translation>
    </message>
    <message>
        <source>First minute (ms)</source>
        <translation>第一分钟（ms）</translation>
    </message>
    <message>
        <source>Warm (ms)</source>
        <translation>变热后（ms）</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>First minute and warm</source>
        <translation>第一分钟与变热后</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Operators</source>
        <translation>算子</translation>
    </message>
    <message>
        <source>Time (µs)</source>
        <translation>耗时（微秒）</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>占比</translation>
    </message>
</context>
<context>
    <name>MethodsStep</name>
    <message>
        <source>A preset tries several recipes, measures them on the device and picks the best.</source>
        <translation>预设会尝试多个配方，在设备上测量并选出最好的。</translation>
    </message>
    <message>
        <source>Methods work one after the other, from the top of the recipe to its end.</source>
        <translation>方法按配方从上到下依次执行。</translation>
    </message>
    <message>
        <source>Methods</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>Settings of this step</source>
        <translation>本步骤设置</translation>
    </message>
    <message>
        <source>Select a step of the recipe to see its settings.</source>
        <translation>选择配方中的一步以查看其设置。</translation>
    </message>
    <message>
        <source>Nothing yet: choose a method and add it, or start with one of these.</source>
        <translation>还没有步骤：请选择方法并加入，或从以上预设开始。</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Filter the methods</source>
        <translation>筛选方法</translation>
    </message>
    <message>
        <source>Add to the recipe</source>
        <translation>加入配方</translation>
    </message>
    <message>
        <source>Start with:</source>
        <translation>预设：</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>体积</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Repair the order</source>
        <translation>修复顺序</translation>
    </message>
    <message>
        <source>How to choose:</source>
        <translation>选择方式：</translation>
    </message>
    <message>
        <source>My own recipe</source>
        <translation>我自己的配方</translation>
    </message>
    <message>
        <source>Measured: smallest</source>
        <translation>实测：最小</translation>
    </message>
    <message>
        <source>Measured: fastest</source>
        <translation>实测：最快</translation>
    </message>
    <message>
        <source>Measured: most accurate</source>
        <translation>实测：最准确</translation>
    </message>
    <message>
        <source>needs data</source>
        <translation>需要数据</translation>
    </message>
    <message>
        <source>needs no data</source>
        <translation>不需要数据</translation>
    </message>
    <message>
        <source>{0} could not be loaded: {1}</source>
        <translation>无法加载 {0}：{1}</translation>
    </message>
    <message>
        <source>all settings as they come</source>
        <translation>全部采用默认设置</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>Cannot run</source>
        <translation>无法运行</translation>
    </message>
    <message>
        <source>Can run, with advice</source>
        <translation>可以运行，有建议</translation>
    </message>
    <message>
        <source>Can run</source>
        <translation>可以运行</translation>
    </message>
</context>
<context>
    <name>Metrics</name>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Accuracy while training</source>
        <translation>训练准确率</translation>
    </message>
    <message>
        <source>Accuracy on samples kept apart</source>
        <translation>留出样本上的准确率</translation>
    </message>
    <message>
        <source>R² while training</source>
        <translation>训练时的 R²</translation>
    </message>
    <message>
        <source>R² on samples kept apart</source>
        <translation>留出样本上的 R²</translation>
    </message>
    <message>
        <source>Top-5 accuracy</source>
        <translation>Top-5 准确率</translation>
    </message>
    <message>
        <source>Precision, macro</source>
        <translation>宏平均精确率</translation>
    </message>
    <message>
        <source>Recall, macro</source>
        <translation>宏平均召回率</translation>
    </message>
    <message>
        <source>F1, macro</source>
        <translation>宏平均 F1</translation>
    </message>
    <message>
        <source>F1, weighted</source>
        <translation>加权平均 F1</translation>
    </message>
    <message>
        <source>F1, micro</source>
        <translation>微平均 F1</translation>
    </message>
    <message>
        <source>ROC-AUC, macro</source>
        <translation>宏平均 ROC-AUC</translation>
    </message>
    <message>
        <source>R²</source>
        <translation>决定系数 R²</translation>
    </message>
    <message>
        <source>Mean squared error</source>
        <translation>均方误差 MSE</translation>
    </message>
    <message>
        <source>Root mean squared error</source>
        <translation>均方根误差 RMSE</translation>
    </message>
    <message>
        <source>Mean IoU</source>
        <translation>平均交并比 mIoU</translation>
    </message>
    <message>
        <source>Word error rate</source>
        <translation>词错误率 WER</translation>
    </message>
    <message>
        <source>Character error rate</source>
        <translation>字符错误率 CER</translation>
    </message>
    <message>
        <source>Exact match</source>
        <translation>完全匹配率</translation>
    </message>
    <message>
        <source>Mean absolute error</source>
        <translation>平均绝对误差 MAE</translation>
    </message>
    <message>
        <source>mAP@50</source>
        <translation>mAP@50</translation>
    </message>
    <message>
        <source>mAP@50:95</source>
        <translation>mAP@50:95</translation>
    </message>
    <message>
        <source>Recall@50</source>
        <translation>召回率@50</translation>
    </message>
    <message>
        <source>Pixel accuracy</source>
        <translation>像素准确率</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>Quantized</source>
        <translation>已量化</translation>
    </message>
    <message>
        <source>Float</source>
        <translation>浮点</translation>
    </message>
    <message>
        <source>parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>MACs per sample</source>
        <translation>每样本乘加次数</translation>
    </message>
    <message>
        <source>file size</source>
        <translation>文件体积</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Outputs</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Operator set</source>
        <translation>算子集</translation>
    </message>
</context>
<context>
    <name>ModelStep</name>
    <message>
        <source>Which model should become smaller and faster?</source>
        <translation>要让哪个模型更小更快？</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>A file (you can drop it here), a sample, or module:factory of your own code.</source>
        <translation>文件（可拖到这里）、示例，或你自己代码的 module:factory。</translation>
    </message>
    <message>
        <source>Path of a model file</source>
        <translation>模型文件路径</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>选择文件…</translation>
    </message>
    <message>
        <source>Samples:</source>
        <translation>示例：</translation>
    </message>
    <message>
        <source>Architecture, for a state dict:</source>
        <translation>网络结构（用于 state dict）：</translation>
    </message>
</context>
<context>
    <name>Models</name>
    <message>
        <source>{0} is a folder: drop one model file.</source>
        <translation>{0} 是文件夹：请拖入一个模型文件。</translation>
    </message>
    <message>
        <source>{0} is no model file. These are: {1}</source>
        <translation>{0} 不是模型文件。可用：{1}</translation>
    </message>
    <message>
        <source>Drop it to open {0}</source>
        <translation>松开即可打开 {0}</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Operator</source>
        <translation>算子</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>占比</translation>
    </message>
    <message>
        <source>Share of all parameters of the model</source>
        <translation>占模型全部参数的比例</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>乘加次数</translation>
    </message>
    <message>
        <source>Multiply-accumulates for one sample</source>
        <translation>单个样本的乘加次数</translation>
    </message>
    <message>
        <source>Share of MACs</source>
        <translation>乘加占比</translation>
    </message>
    <message>
        <source>80 % zeros</source>
        <translation>80 % 置零</translation>
    </message>
    <message>
        <source>Percentage points lost when 80 % of the weights of this layer alone are zero</source>
        <translation>仅将这一层 80 % 的权重置零时损失的百分点</translation>
    </message>
    <message>
        <source>4 bits</source>
        <translation>4 位</translation>
    </message>
    <message>
        <source>Percentage points lost when the weights of this layer alone have 4 bits</source>
        <translation>仅将这一层的权重降为 4 位时损失的百分点</translation>
    </message>
    <message>
        <source>{0} % zeros</source>
        <translation>{0} % 置零</translation>
    </message>
    <message>
        <source>{0} bits</source>
        <translation>{0} 位</translation>
    </message>
    <message>
        <source>{0}, {1}: not measured</source>
        <translation>{0}，{1}：未测量</translation>
    </message>
    <message>
        <source>{0}, {1}: {2} points gained</source>
        <translation>{0}，{1}：提高 {2} 个百分点</translation>
    </message>
    <message>
        <source>{0}, {1}: {2} points lost</source>
        <translation>{0}，{1}：损失 {2} 个百分点</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>打开模型…</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近打开</translation>
    </message>
    <message>
        <source>Compress…</source>
        <translation>压缩…</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Sensitivity…</source>
        <translation>敏感度…</translation>
    </message>
    <message>
        <source>How much accuracy each layer costs when it alone is changed</source>
        <translation>单独改动每一层会损失多少准确率</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Filter layers</source>
        <translation>筛选层</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>打开模型</translation>
    </message>
    <message>
        <source>What you open stays on this computer.</source>
        <translation>打开的内容只保存在本机。</translation>
    </message>
    <message>
        <source>No model yet</source>
        <translation>还没有模型</translation>
    </message>
    <message>
        <source>Drop an .onnx, .tflite, .pt2 or .keras file here, or begin with a sample model.</source>
        <translation>将 .onnx、.tflite、.pt2 或 .keras 文件拖到这里，或从示例模型开始。</translation>
    </message>
    <message>
        <source>Open a sample model</source>
        <translation>打开示例模型</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>every layer is changed alone and judged…</source>
        <translation>正在逐层单独改动并评估…</translation>
    </message>
    <message>
        <source>A folder of data…</source>
        <translation>数据文件夹…</translation>
    </message>
    <message>
        <source>A data file…</source>
        <translation>数据文件…</translation>
    </message>
</context>
<context>
    <name>NoticeState</name>
    <message>
        <source>Run again</source>
        <translation>再次运行</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>OfflineDialog</name>
    <message>
        <source>A file for a board without network</source>
        <translation>为没有网络的板卡写文件</translation>
    </message>
    <message>
        <source>One file holds the agent, the runtime and the release. Carry it there on a USB stick and run it with python3: signature, hashes and golden samples are checked there as over the network.</source>
        <translation>一个文件包含代理、运行时和发布内容。用 U 盘带过去，用 python3 运行：签名、哈希和黄金样本在那里同样会被检查。</translation>
    </message>
    <message>
        <source>Choose the variant and the kind of board, then save the file.</source>
        <translation>选择变体和板卡的种类，然后保存文件。</translation>
    </message>
    <message>
        <source>has a runtime</source>
        <translation>已有运行时</translation>
    </message>
    <message>
        <source>seeded random inputs</source>
        <translation>固定种子的随机输入</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Kind of board</source>
        <translation>板卡的种类</translation>
    </message>
    <message>
        <source>uname -m on the board tells it: aarch64, x86_64 or armv7l</source>
        <translation>在板卡上运行 uname -m 可得知：aarch64、x86_64 或 armv7l</translation>
    </message>
    <message>
        <source>Its Python</source>
        <translation>板卡上的 Python</translation>
    </message>
    <message>
        <source>The file brings the runtime for this version: python3 --version on the board tells it</source>
        <translation>文件带上适合此版本的运行时：在板卡上运行 python3 --version 可得知</translation>
    </message>
    <message>
        <source>Slot</source>
        <translation>槽位</translation>
    </message>
    <message>
        <source>A board runs several models; each has a slot of its own.</source>
        <translation>一块板卡可运行多个模型，每个模型占用一个槽位。</translation>
    </message>
    <message>
        <source>Golden samples from</source>
        <translation>黄金样本来源</translation>
    </message>
    <message>
        <source>The data set whose samples prove on the board that the outputs are right.</source>
        <translation>用其样本在板卡上验证输出正确的数据集。</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>Save the file…</source>
        <translation>保存文件…</translation>
    </message>
</context>
<context>
    <name>Packs</name>
    <message>
        <source>Pack</source>
        <translation>画像包</translation>
    </message>
    <message>
        <source>Signed by</source>
        <translation>签名者</translation>
    </message>
    <message>
        <source>Readings in it</source>
        <translation>其中的测量记录</translation>
    </message>
    <message>
        <source>New here</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>Every row and every sample is whole.</source>
        <translation>每一行和每个样本都完好。</translation>
    </message>
    <message>
        <source>{0} rows are damaged.</source>
        <translation>有 {0} 行损坏。</translation>
    </message>
    <message>
        <source>1 row is damaged.</source>
        <translation>有 1 行损坏。</translation>
    </message>
    <message>
        <source>{0} readings kept, {1} lost</source>
        <translation>保住 {0} 条测量记录，丢失 {1} 个</translation>
    </message>
    <message>
        <source>Store</source>
        <translation>画像库</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>检查结果</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>已挽救</translation>
    </message>
    <message>
        <source>The damaged file is now</source>
        <translation>损坏的文件现在是</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Damage</source>
        <translation>损坏</translation>
    </message>
</context>
<context>
    <name>PacksDialog</name>
    <message>
        <source>Profile packs and store</source>
        <translation>画像包与画像库</translation>
    </message>
    <message>
        <source>A pack brings the readings of somebody else&apos;s boards, signed. They stay marked with where they come from; your own readings stay as they are.</source>
        <translation>画像包带来他人板卡上的测量记录，并经过签名。它们会标明来源；你自己的测量记录保持不变。</translation>
    </message>
    <message>
        <source>Choose or drop a pack (.pack), or check whether the store is whole.</source>
        <translation>选择或拖入一个画像包（.pack），或检查画像库是否完好。</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Trust it only if its sender told you this key in another way.</source>
        <translation>只有在发送者通过其他途径告知过你此密钥时才信任它。</translation>
    </message>
    <message>
        <source>Pack</source>
        <translation>画像包</translation>
    </message>
    <message>
        <source>Check the store</source>
        <translation>检查画像库</translation>
    </message>
    <message>
        <source>Look for damage: every row, every sample, runs with rows missing</source>
        <translation>查找损坏：每一行、每个样本、缺行的运行</translation>
    </message>
    <message>
        <source>Save what is whole…</source>
        <translation>保住完好的部分…</translation>
    </message>
    <message>
        <source>Choose a pack.</source>
        <translation>请选择一个画像包。</translation>
    </message>
    <message>
        <source>Its key is not known here.</source>
        <translation>此处不认识它的密钥。</translation>
    </message>
    <message>
        <source>Trust the key {0} this once</source>
        <translation>仅这一次信任密钥 {0}</translation>
    </message>
    <message>
        <source>It is signed by the key {0}, which is not known here.</source>
        <translation>它由密钥 {0} 签名，此处不认识该密钥。</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Drop {0} to import its readings</source>
        <translation>松开以导入 {0} 的测量记录</translation>
    </message>
    <message>
        <source>{0} is no profile pack</source>
        <translation>{0} 不是画像包</translation>
    </message>
    <message>
        <source>Save everything in the store that is whole?</source>
        <translation>保住画像库中一切完好的内容？</translation>
    </message>
    <message>
        <source>The damaged file is moved aside, and a new one is made of every row that is whole.</source>
        <translation>损坏的文件被移到一旁，并用每一行完好的内容新建一个。</translation>
    </message>
    <message>
        <source>Save what is whole</source>
        <translation>保住完好的部分</translation>
    </message>
</context>
<context>
    <name>Page</name>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>No variant can be read</source>
        <translation>没有可读取的变体</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
</context>
<context>
    <name>Pages</name>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Compress</source>
        <translation>压缩</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Variants</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Deploy</source>
        <translation>部署</translation>
    </message>
    <message>
        <source>Profiles</source>
        <translation>性能画像</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>Past</name>
    <message>
        <source>Deployed</source>
        <translation>已部署</translation>
    </message>
    <message>
        <source>On trial</source>
        <translation>试运行</translation>
    </message>
    <message>
        <source>Committed</source>
        <translation>已确认</translation>
    </message>
    <message>
        <source>Rolled back</source>
        <translation>已回滚</translation>
    </message>
    <message>
        <source>Went back</source>
        <translation>自动退回</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>被拒绝</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>runs now</source>
        <translation>正在运行</translation>
    </message>
    <message>
        <source>asked from {0}</source>
        <translation>来自 {0}</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>earlier</source>
        <translation>更早</translation>
    </message>
    <message>
        <source>What</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Slot and number of the release</source>
        <translation>槽位与发布编号</translation>
    </message>
    <message>
        <source>Variant and reason</source>
        <translation>变体与原因</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>版本</translation>
    </message>
</context>
<context>
    <name>PresetCard</name>
    <message>
        <source>Candidate</source>
        <translation>候选</translation>
    </message>
    <message>
        <source>What it changes</source>
        <translation>改变了什么</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Candidates, the gentlest first</source>
        <translation>候选，改动最小的在前</translation>
    </message>
    <message>
        <source>Estimates rule out what cannot win. The rest is compressed and measured on the devices, and the best within your limits is picked, with its reasons. Everything that was made stays in the project.</source>
        <translation>估计先排除不可能胜出的候选。其余的会被压缩并在设备上测量，在你的限制之内选出最好的，并说明理由。生成的一切都保留在项目中。</translation>
    </message>
</context>
<context>
    <name>Preview</name>
    <message>
        <source>{0} to train</source>
        <translation>训练 {0}</translation>
    </message>
    <message>
        <source>{0} to calibrate</source>
        <translation>校准 {0}</translation>
    </message>
    <message>
        <source>{0} to test</source>
        <translation>测试 {0}</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>The model takes</source>
        <translation>模型输入</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>采样率</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>0 to 1, then minus {0}, divided by {1}</source>
        <translation>缩放到 0–1，减去 {0}，再除以 {1}</translation>
    </message>
    <message>
        <source>0 to 1</source>
        <translation>缩放到 0–1</translation>
    </message>
    <message>
        <source>as they are</source>
        <translation>原样</translation>
    </message>
    <message>
        <source>rounded to integers (scale {0}, zero point {1})</source>
        <translation>取整（比例 {0}，零点 {1}）</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>red, green, blue</source>
        <translation>红、绿、蓝</translation>
    </message>
    <message>
        <source>blue, green, red</source>
        <translation>蓝、绿、红</translation>
    </message>
    <message>
        <source>stretched to fit</source>
        <translation>拉伸到尺寸</translation>
    </message>
    <message>
        <source>the shorter side fits, the rest is cut off</source>
        <translation>短边对齐，其余裁掉</translation>
    </message>
    <message>
        <source>channels first</source>
        <translation>通道在前</translation>
    </message>
    <message>
        <source>channels last</source>
        <translation>通道在后</translation>
    </message>
</context>
<context>
    <name>Profiles</name>
    <message>
        <source>Board</source>
        <translation>板卡</translation>
    </message>
    <message>
        <source>Readings</source>
        <translation>测量记录</translation>
    </message>
    <message>
        <source>Last measured</source>
        <translation>最近测量</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Runtime</source>
        <translation>运行时</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>p50</source>
        <translation>p50</translation>
    </message>
    <message>
        <source>Median latency of one prediction</source>
        <translation>单次预测延迟的中位数</translation>
    </message>
    <message>
        <source>95 % interval</source>
        <translation>95 % 置信区间</translation>
    </message>
    <message>
        <source>p99</source>
        <translation>p99</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>峰值内存</translation>
    </message>
    <message>
        <source>Energy</source>
        <translation>能耗</translation>
    </message>
    <message>
        <source>no sensor</source>
        <translation>无传感器</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>Origin</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Throttled</source>
        <translation>已降频</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>实测</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>Published</source>
        <translation>公开数据</translation>
    </message>
    <message>
        <source>Declared</source>
        <translation>声明</translation>
    </message>
    <message>
        <source>Simulated</source>
        <translation>模拟</translation>
    </message>
</context>
<context>
    <name>ProfilesPage</name>
    <message>
        <source>Predict without measuring…</source>
        <translation>不测量而预测…</translation>
    </message>
    <message>
        <source>Packs and store…</source>
        <translation>画像包与画像库…</translation>
    </message>
    <message>
        <source>Profile the fleet…</source>
        <translation>测量设备群…</translation>
    </message>
    <message>
        <source>Measure variants on many boards in one campaign</source>
        <translation>一次在多块板卡上测量多个变体</translation>
    </message>
    <message>
        <source>Data sheets</source>
        <translation>数据表</translation>
    </message>
    <message>
        <source>Fleet</source>
        <translation>设备群</translation>
    </message>
    <message>
        <source>Compare boards</source>
        <translation>比较板卡</translation>
    </message>
    <message>
        <source>Which variant where</source>
        <translation>何处用何变体</translation>
    </message>
    <message>
        <source>Effects</source>
        <translation>效果</translation>
    </message>
    <message>
        <source>Drift</source>
        <translation>漂移</translation>
    </message>
    <message>
        <source>What to see of the profiles</source>
        <translation>查看哪种画像</translation>
    </message>
    <message>
        <source>Profiles</source>
        <translation>性能画像</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>刷新</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Predict, import a pack, check the store</source>
        <translation>预测、导入画像包、检查画像库</translation>
    </message>
    <message>
        <source>Boards</source>
        <translation>板卡</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>How it was measured</source>
        <translation>测量方式</translation>
    </message>
    <message>
        <source>Latency of each variant with its interval</source>
        <translation>各变体的延迟及其区间</translation>
    </message>
    <message>
        <source>Readings</source>
        <translation>测量记录</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Filter the readings</source>
        <translation>筛选测量记录</translation>
    </message>
    <message>
        <source>What each of your boards really does, and how it was measured.</source>
        <translation>每块板卡的实际表现，以及测量方式。</translation>
    </message>
    <message>
        <source>Nothing measured yet</source>
        <translation>还没有测量结果</translation>
    </message>
    <message>
        <source>Deploy a variant and measure it, or run the sample project.</source>
        <translation>请部署一个变体并测量，或运行示例项目。</translation>
    </message>
    <message>
        <source>Go to Start</source>
        <translation>前往开始页</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>median and 95 % interval</source>
        <translation>中位数与 95 % 置信区间</translation>
    </message>
    <message>
        <source>, the fastest {0} of {1}</source>
        <translation>，{1} 个中最快的 {0} 个</translation>
    </message>
    <message>
        <source>Latency p50 (ms)  ← better</source>
        <translation>延迟 p50（ms）  ← 越低越好</translation>
    </message>
    <message>
        <source>Exported: {0}</source>
        <translation>已导出：{0}</translation>
    </message>
    <message>
        <source>Measured {0}</source>
        <translation>测于 {0}</translation>
    </message>
    <message>
        <source>Isolation: {0}</source>
        <translation>隔离：{0}</translation>
    </message>
    <message>
        <source>Select a row to see how it was measured.</source>
        <translation>选择一行以查看测量方式。</translation>
    </message>
</context>
<context>
    <name>RecentCard</name>
    <message>
        <source>Recent</source>
        <translation>最近打开</translation>
    </message>
</context>
<context>
    <name>Report</name>
    <message>
        <source>Recommended variant</source>
        <translation>推荐的变体</translation>
    </message>
    <message>
        <source>Notes of the run</source>
        <translation>本次运行的说明</translation>
    </message>
    <message>
        <source>Plot</source>
        <translation>图</translation>
    </message>
    <message>
        <source>All variants</source>
        <translation>全部变体</translation>
    </message>
    <message>
        <source>Efficiency and cost</source>
        <translation>效率与代价</translation>
    </message>
    <message>
        <source>Remarks</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Recipes</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>Effects of the techniques</source>
        <translation>各技术的效果</translation>
    </message>
    <message>
        <source>How it was measured</source>
        <translation>测量方法</translation>
    </message>
    <message>
        <source>The machine</source>
        <translation>机器</translation>
    </message>
    <message>
        <source>What it does not say</source>
        <translation>未说明的内容</translation>
    </message>
    <message>
        <source>Web page</source>
        <translation>网页</translation>
    </message>
    <message>
        <source>One file that any browser opens without a network.</source>
        <translation>单个文件，任何浏览器都能离线打开。</translation>
    </message>
    <message>
        <source>As the preview shows it, to print or to send.</source>
        <translation>与预览一致，便于打印或发送。</translation>
    </message>
    <message>
        <source>For wikis and issues; plots lie beside it as SVG.</source>
        <translation>用于文档和议题；图以 SVG 放在旁边。</translation>
    </message>
    <message>
        <source>Every figure of every variant for a spreadsheet; no sections.</source>
        <translation>每个变体的全部数据，供电子表格使用；不分节。</translation>
    </message>
</context>
<context>
    <name>ReportPage</name>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>One page with every variant, every interval and how it was measured.</source>
        <translation>一页包含所有变体、所有区间以及测量方式。</translation>
    </message>
    <message>
        <source>Write the report</source>
        <translation>生成报告</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>What goes in</source>
        <translation>报告内容</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Without a name: the file “report” in the project</source>
        <translation>不填则为项目中的 report 文件</translation>
    </message>
    <message>
        <source>Tick at least one section.</source>
        <translation>请至少勾选一节。</translation>
    </message>
    <message>
        <source>Nothing to report yet</source>
        <translation>还没有可报告的内容</translation>
    </message>
    <message>
        <source>Compress a model first: the report compares its variants.</source>
        <translation>请先压缩模型：报告会比较其变体。</translation>
    </message>
    <message>
        <source>Compress a model</source>
        <translation>压缩模型</translation>
    </message>
    <message>
        <source>All networks</source>
        <translation>全部网络</translation>
    </message>
    <message>
        <source>All devices</source>
        <translation>全部设备</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>正在生成…</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>已生成</translation>
    </message>
    <message>
        <source>The preview cannot be read: {0}</source>
        <translation>无法读取预览：{0}</translation>
    </message>
    <message>
        <source>No program opened the report. It is here: {0}</source>
        <translation>没有程序能打开报告。文件位置：{0}</translation>
    </message>
</context>
<context>
    <name>ResultStep</name>
    <message>
        <source>Measured on the device and kept in the project. Deploy the one you want.</source>
        <translation>已在设备上实测并保存在项目中。部署你想要的那一个。</translation>
    </message>
    <message>
        <source>The variants are kept in the project. Deploy and measure them next.</source>
        <translation>变体已保存在项目中。接下来可部署并测量。</translation>
    </message>
    <message>
        <source>You can leave this page: the job goes on and stays on the Jobs page.</source>
        <translation>你可以离开本页：任务会继续，并保留在任务页。</translation>
    </message>
    <message>
        <source>Variants</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Candidates</source>
        <translation>候选</translation>
    </message>
    <message>
        <source>Show all variants</source>
        <translation>查看全部变体</translation>
    </message>
    <message>
        <source>Deploy…</source>
        <translation>部署…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Measured front</source>
        <translation>实测前沿</translation>
    </message>
    <message>
        <source>Measure on {0}</source>
        <translation>在 {0} 上测量</translation>
    </message>
</context>
<context>
    <name>Results</name>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Points lost</source>
        <translation>损失百分点</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>体积</translation>
    </message>
    <message>
        <source>Packed</source>
        <translation>打包后</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>Speed-up</source>
        <translation>加速比</translation>
    </message>
    <message>
        <source>Speed verdict</source>
        <translation>速度结论</translation>
    </message>
    <message>
        <source>Of speed alone: not slower than the original within the margin. Inconclusive: the interval is too wide.</source>
        <translation>仅针对速度：在容差内不比原模型慢。不确定：区间过宽。</translation>
    </message>
    <message>
        <source>Share of correct answers with its 95 % interval</source>
        <translation>正确预测的比例及其 95 % 置信区间</translation>
    </message>
    <message>
        <source>Accuracy lost against the original on the same samples, in percentage points</source>
        <translation>相同样本上相对原模型的准确率损失，单位为百分点</translation>
    </message>
    <message>
        <source>Size after lossless packing</source>
        <translation>无损打包后的体积</translation>
    </message>
    <message>
        <source>Median time of one prediction on the device</source>
        <translation>设备上单次预测时间的中位数</translation>
    </message>
    <message>
        <source>Latency of the original divided by this one, in the same run, with its 95 % interval</source>
        <translation>同一次运行中，原模型延迟与该变体延迟之比及其 95 % 置信区间</translation>
    </message>
</context>
<context>
    <name>ReviewStep</name>
    <message>
        <source>This is what will run. Everything stays on this computer and your own devices.</source>
        <translation>以下内容将会运行。一切都留在本机和你自己的设备上。</translation>
    </message>
    <message>
        <source>What will run</source>
        <translation>将要运行</translation>
    </message>
    <message>
        <source>What to expect</source>
        <translation>预计情况</translation>
    </message>
    <message>
        <source>Name of the variant</source>
        <translation>变体名称</translation>
    </message>
    <message>
        <source>The same in a terminal</source>
        <translation>终端中的等效命令</translation>
    </message>
    <message>
        <source>Copy as CLI</source>
        <translation>复制为命令行</translation>
    </message>
    <message>
        <source>Copy as Python</source>
        <translation>复制为 Python</translation>
    </message>
    <message>
        <source>Copy the recipe</source>
        <translation>复制配方</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>none: latency only</source>
        <translation>无：仅延迟</translation>
    </message>
    <message>
        <source>Judged by</source>
        <translation>评判指标</translation>
    </message>
    <message>
        <source>at most 1 point lost</source>
        <translation>最多损失 1 个百分点</translation>
    </message>
    <message>
        <source>at most {0} points lost</source>
        <translation>最多损失 {0} 个百分点</translation>
    </message>
    <message>
        <source>none: nothing is timed</source>
        <translation>无：不计时</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>at most {0} points</source>
        <translation>最多 {0} 个百分点</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>限制</translation>
    </message>
    <message>
        <source>Being estimated…</source>
        <translation>正在估计…</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Model file</source>
        <translation>模型文件</translation>
    </message>
    <message>
        <source>at most {0} ms</source>
        <translation>不超过 {0} ms</translation>
    </message>
    <message>
        <source>at most {0} packed</source>
        <translation>打包后不超过 {0}</translation>
    </message>
    <message>
        <source>at most {0} mJ</source>
        <translation>不超过 {0} 毫焦</translation>
    </message>
    <message>
        <source>the best of these, measured on the device:</source>
        <translation>以下候选中在设备上实测最好的：</translation>
    </message>
</context>
<context>
    <name>Rights</name>
    <message>
        <source>Missing</source>
        <translation>缺少</translation>
    </message>
    <message>
        <source>Granted</source>
        <translation>已授予</translation>
    </message>
    <message>
        <source>Not on this board</source>
        <translation>此板卡没有</translation>
    </message>
    <message>
        <source>The missing rights were granted.</source>
        <translation>缺少的权限已授予。</translation>
    </message>
    <message>
        <source>Everything that was granted was taken back.</source>
        <translation>授予过的一切都已收回。</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>已写入</translation>
    </message>
    <message>
        <source>On the board</source>
        <translation>在板卡上执行</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>What it makes possible</source>
        <translation>它带来什么</translation>
    </message>
    <message>
        <source>Rights</source>
        <translation>权限</translation>
    </message>
</context>
<context>
    <name>RightsDialog</name>
    <message>
        <source>Rights of the agent on {0}</source>
        <translation>代理在 {0} 上的权限</translation>
    </message>
    <message>
        <source>Nothing of this is needed: without a right its sensor is shown as unavailable. What is granted is written down on the board, and can be taken back exactly.</source>
        <translation>这些都不是必需的：没有权限时，对应的传感器显示为不可用。授予的内容会记录在板卡上，可以原样收回。</translation>
    </message>
    <message>
        <source>The board is asked what it lets the agent do.</source>
        <translation>正在询问板卡允许代理做什么。</translation>
    </message>
    <message>
        <source>if it asks for one</source>
        <translation>如果需要</translation>
    </message>
    <message>
        <source>The rights are granted with sudo of your own login there, once. The password is sent to the board over SSH and stored nowhere. Or save the script, read it, and run it there yourself.</source>
        <translation>权限用你自己在那里的登录以 sudo 授予，仅此一次。密码通过 SSH 发送到板卡上，不会保存在任何地方。也可以保存脚本，读过之后自己在那里运行。</translation>
    </message>
    <message>
        <source>sudo password</source>
        <translation>sudo 密码</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>收回</translation>
    </message>
    <message>
        <source>Save the script…</source>
        <translation>保存脚本…</translation>
    </message>
    <message>
        <source>No right is missing on this board.</source>
        <translation>此板卡不缺少任何权限。</translation>
    </message>
    <message>
        <source>This is this computer: save the script and run it here with sudo.</source>
        <translation>这就是本机：请保存脚本并在此用 sudo 运行。</translation>
    </message>
    <message>
        <source>Grant what is missing</source>
        <translation>授予缺少的权限</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>重新查询</translation>
    </message>
</context>
<context>
    <name>Rollout</name>
    <message>
        <source>Running</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Stopped: too many failed</source>
        <translation>已停止：失败过多</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Waits for boards that are offline or in use</source>
        <translation>等待离线或使用中的板卡</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>Waits for its wave</source>
        <translation>等待轮到</translation>
    </message>
    <message>
        <source>Uploading</source>
        <translation>上传中</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>正在测量</translation>
    </message>
    <message>
        <source>Verified, not switched</source>
        <translation>已验证，未切换</translation>
    </message>
    <message>
        <source>On trial</source>
        <translation>试运行</translation>
    </message>
    <message>
        <source>Runs it</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>被拒绝</translation>
    </message>
    <message>
        <source>Went back</source>
        <translation>已回滚</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Has a later release</source>
        <translation>已有更新的版本</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>尝试次数</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
</context>
<context>
    <name>RolloutDialog</name>
    <message>
        <source>Rollouts in waves</source>
        <translation>分批发布</translation>
    </message>
    <message>
        <source>Measure before the switch</source>
        <translation>切换前测量</translation>
    </message>
    <message>
        <source>Each board compares the new release with what it runs; slower is rejected.</source>
        <translation>每台板卡将新版本与当前运行的版本比较；更慢则拒绝。</translation>
    </message>
    <message>
        <source>Boards or shares that must run it before more follow.</source>
        <translation>在继续之前必须运行新版本的板卡数或比例。</translation>
    </message>
    <message>
        <source>Start the rollout</source>
        <translation>开始发布</translation>
    </message>
    <message>
        <source>Rollouts</source>
        <translation>发布</translation>
    </message>
    <message>
        <source>Boards of the rollout</source>
        <translation>发布中的板卡</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>经过</translation>
    </message>
    <message>
        <source>What happened in the rollout is told here.</source>
        <translation>此处说明分批部署中发生的事情。</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Retry the failed</source>
        <translation>重试失败项</translation>
    </message>
    <message>
        <source>End it</source>
        <translation>结束发布</translation>
    </message>
    <message>
        <source>Roll back this board</source>
        <translation>回滚此板卡</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Waves</source>
        <translation>批次</translation>
    </message>
    <message>
        <source>Failures allowed</source>
        <translation>允许失败数</translation>
    </message>
    <message>
        <source>One board first, then more: each wave must run the release before the next begins.</source>
        <translation>先一台，再更多：每一批都运行新版本后，下一批才开始。</translation>
    </message>
    <message>
        <source>{0}  ·  devices: {1}  ·  slot {2}</source>
        <translation>{0}  ·  设备：{1}  ·  槽位 {2}</translation>
    </message>
    <message>
        <source>To start one, tick one variant and the devices on the page.</source>
        <translation>要开始发布，请在页面上勾选一个变体和若干设备。</translation>
    </message>
    <message>
        <source>{0} of {1} boards run it</source>
        <translation>{1} 台板卡中有 {0} 台运行它</translation>
    </message>
    <message>
        <source>The process that worked on it is gone. Resume goes on where it ended.</source>
        <translation>执行它的进程已不存在。点“继续”可从中断处接着进行。</translation>
    </message>
</context>
<context>
    <name>RunOnForm</name>
    <message>
        <source>Runtime</source>
        <translation>运行时</translation>
    </message>
    <message>
        <source>Provider</source>
        <translation>提供程序</translation>
    </message>
    <message>
        <source>Delegate</source>
        <translation>委托</translation>
    </message>
    <message>
        <source>Its options</source>
        <translation>其选项</translation>
    </message>
    <message>
        <source>the board&apos;s usual</source>
        <translation>板卡的默认</translation>
    </message>
    <message>
        <source>KEY=VALUE, separated by commas</source>
        <translation>KEY=VALUE，以逗号分隔</translation>
    </message>
    <message>
        <source>One that the board has, or an adapter that was added to it</source>
        <translation>板卡上已有的，或添加到板卡上的适配器</translation>
    </message>
    <message>
        <source>What the runtime computes on: cpu, cuda, tensorrt or its own name</source>
        <translation>运行时在什么上计算：cpu、cuda、tensorrt 或它自己的名称</translation>
    </message>
    <message>
        <source>Of TFLite: xnnpack, none, or the path of a library on the board</source>
        <translation>TFLite 的委托：xnnpack、none，或板卡上库的路径</translation>
    </message>
    <message>
        <source>Run on…</source>
        <translation>运行方式…</translation>
    </message>
    <message>
        <source>Hide what it runs on</source>
        <translation>收起运行方式</translation>
    </message>
</context>
<context>
    <name>RunView</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Stop and keep the best</source>
        <translation>停止并保留最佳结果</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Progress of this step</source>
        <translation>本步骤进度</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>Waits for the job before it</source>
        <translation>等待前面的任务</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步</translation>
    </message>
</context>
<context>
    <name>RuntimesPanel</name>
    <message>
        <source>Look at the board to see its runtimes.</source>
        <translation>查看该板卡以了解它的运行时。</translation>
    </message>
    <message>
        <source>none yet; the first deployment brings one</source>
        <translation>尚无；首次部署会带来一个</translation>
    </message>
    <message>
        <source>Runtimes</source>
        <translation>运行时</translation>
    </message>
    <message>
        <source>Added adapters</source>
        <translation>已添加的适配器</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>Put the adapter of a vendor&apos;s runtime (one Python file) on the board, signed</source>
        <translation>把厂商运行时的适配器（一个 Python 文件）签名后放到板卡上</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>刷新</translation>
    </message>
    <message>
        <source>A vendor&apos;s own runtime, for example of an NPU, is one Python file.</source>
        <translation>厂商自己的运行时（例如 NPU 的）是一个 Python 文件。</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>正在连接…</translation>
    </message>
    <message>
        <source>None was added. A vendor&apos;s own runtime, for example of an NPU, is one Python file.</source>
        <translation>尚未添加。厂商自己的运行时（例如 NPU 的）是一个 Python 文件。</translation>
    </message>
    <message>
        <source>Remove the adapter {0} from {1}?</source>
        <translation>要从 {1} 移除适配器 {0} 吗？</translation>
    </message>
    <message>
        <source>Slots that run on it have no runtime then.</source>
        <translation>在它上面运行的槽位将没有运行时。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
</context>
<context>
    <name>SampleCard</name>
    <message>
        <source>Interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>The sample project did not finish. It goes on from its last finished step.</source>
        <translation>示例项目没有完成，可从上一个完成的步骤继续。</translation>
    </message>
</context>
<context>
    <name>Sayings</name>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
</context>
<context>
    <name>SensitivityCard</name>
    <message>
        <source>Sensitivity</source>
        <translation>敏感度</translation>
    </message>
    <message>
        <source>Sensitivity of the layers</source>
        <translation>各层敏感度</translation>
    </message>
    <message>
        <source>Points lost when a layer alone is changed</source>
        <translation>单独改动某一层时损失的百分点</translation>
    </message>
    <message>
        <source>{0} points or more</source>
        <translation>≥ {0} 个百分点</translation>
    </message>
    <message>
        <source>points lost when a layer alone is changed</source>
        <translation>单独改动某一层时损失的百分点</translation>
    </message>
    <message>
        <source>{0} samples</source>
        <translation>{0} 个样本</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>What</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Everything stays on this computer.</source>
        <translation>一切都留在本机。</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>As the desktop says</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Chinese needs a font, for example: sudo apt install fonts-noto-cjk</source>
        <translation>中文需要字体，例如：sudo apt install fonts-noto-cjk</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>No account, no cloud, no telemetry: Flyweight talks to your own devices over SSH and to nobody else.</source>
        <translation>没有账号，没有云端，没有遥测：Flyweight 只通过 SSH 与你自己的设备通信。</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Diagnostics</source>
        <translation>诊断</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>重新检查</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the diagnostics; there are no secrets in them</source>
        <translation>复制诊断信息；其中不含机密</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>Trouble</source>
        <translation>有问题</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
</context>
<context>
    <name>Sieve</name>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>None</source>
        <translation>全不选</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Tick or untick all that are shown</source>
        <translation>勾选或取消勾选所有显示的项</translation>
    </message>
</context>
<context>
    <name>Signing</name>
    <message>
        <source>This desktop&apos;s</source>
        <translation>本机的</translation>
    </message>
    <message>
        <source>Another&apos;s</source>
        <translation>其他电脑的</translation>
    </message>
    <message>
        <source>no board</source>
        <translation>没有板卡</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>密钥</translation>
    </message>
    <message>
        <source>Whose</source>
        <translation>属于</translation>
    </message>
    <message>
        <source>Trusted by</source>
        <translation>信任它的板卡</translation>
    </message>
    <message>
        <source>Not asked</source>
        <translation>未能询问</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>密钥</translation>
    </message>
</context>
<context>
    <name>Spread</name>
    <message>
        <source>{0} runs from {1} to {2}</source>
        <translation>{0} 次运行，从 {1} 到 {2}</translation>
    </message>
    <message>
        <source>{0} slower than {1}</source>
        <translation>{0} 次慢于 {1}</translation>
    </message>
</context>
<context>
    <name>SpreadView</name>
    <message>
        <source>Latency of every run</source>
        <translation>每次运行的延迟</translation>
    </message>
    <message>
        <source>Its histogram was not kept. Measure it again to see how its runs are spread.</source>
        <translation>未保留直方图。重新测量即可查看各次运行的分布。</translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>再次运行</translation>
    </message>
    <message>
        <source>Open report</source>
        <translation>打开报告</translation>
    </message>
    <message>
        <source>Hide log</source>
        <translation>隐藏日志</translation>
    </message>
    <message>
        <source>View log</source>
        <translation>查看日志</translation>
    </message>
    <message>
        <source>The sample project is running. Everything stays on this computer.</source>
        <translation>示例项目正在运行，所有内容都保留在本机。</translation>
    </message>
    <message>
        <source>{0} of {1} variants were deployed and verified on the device, then measured there.</source>
        <translation>{1} 个变体中有 {0} 个已部署到设备并通过验证，随后在设备上测量。</translation>
    </message>
    <message>
        <source>Compress a network, put it on a board, measure it there.</source>
        <translation>压缩网络，部署到板卡，在板卡上测量。</translation>
    </message>
    <message>
        <source>The sample project has no result yet.</source>
        <translation>示例项目还没有结果。</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>No program opened the report. It is here: {0}</source>
        <translation>没有程序能打开报告，文件位于：{0}</translation>
    </message>
</context>
<context>
    <name>Studies</name>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>Where it lost</source>
        <translation>损失所在</translation>
    </message>
    <message>
        <source>Robustness</source>
        <translation>鲁棒性</translation>
    </message>
    <message>
        <source>Pipeline</source>
        <translation>流水线</translation>
    </message>
    <message>
        <source>All metrics with their intervals. With a board its own runtime answers, and is compared with this computer.</source>
        <translation>全部指标及其区间。选择板卡时由其自身的运行时作答，并与本机比较。</translation>
    </message>
    <message>
        <source>What was removed and why, layer by layer, and which classes lost; beside it the least time a core needs.</source>
        <translation>逐层说明移除了什么及原因，哪些类别受损；并给出单核所需的最短时间。</translation>
    </message>
    <message>
        <source>Noise, blur, brightness, contrast and attacks (FGSM, PGD), before and after compression.</source>
        <translation>噪声、模糊、亮度、对比度和攻击（FGSM、PGD），压缩前后对照。</translation>
    </message>
    <message>
        <source>The model cut into stages over cores of this computer: more samples a second against a longer way for each.</source>
        <translation>将模型分级放到本机的多个核上：每秒样本更多，但每个样本的路程更长。</translation>
    </message>
    <message>
        <source>Choose labelled data first.</source>
        <translation>请先选择带标签的数据。</translation>
    </message>
</context>
<context>
    <name>StudyDialog</name>
    <message>
        <source>Folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>A closer look at {0}</source>
        <translation>详细分析 {0}</translation>
    </message>
    <message>
        <source>Choose what to find out; the answer is shown here.</source>
        <translation>选择要了解的内容；结果显示在这里。</translation>
    </message>
    <message>
        <source>Find out</source>
        <translation>了解</translation>
    </message>
    <message>
        <source>Answered by</source>
        <translation>由谁作答</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>级数</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>重新开始</translation>
    </message>
    <message>
        <source>A folder of data</source>
        <translation>数据文件夹</translation>
    </message>
</context>
<context>
    <name>TargetStep</name>
    <message>
        <source>Methods that choose by measuring time their candidates on these devices.</source>
        <translation>靠测量来选择的方法会在这些设备上给候选计时。</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Add your own boards on the Devices page; loopback is this computer over SSH.</source>
        <translation>请在设备页添加你的板卡；loopback 是经 SSH 访问的本机。</translation>
    </message>
    <message>
        <source>No device: nothing is timed while compressing.</source>
        <translation>没有设备：压缩时不计时。</translation>
    </message>
    <message>
        <source>A preset is measured on this device.</source>
        <translation>预设会在这台设备上测量。</translation>
    </message>
    <message>
        <source>A preset is measured on each of them; what it picks keeps the limits on all.</source>
        <translation>预设会在每台设备上测量；选出的结果在所有设备上都满足限制。</translation>
    </message>
    <message>
        <source>not in the list of devices</source>
        <translation>不在设备列表中</translation>
    </message>
</context>
<context>
    <name>TaskDialog</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Copy as CLI</source>
        <translation>复制为命令行</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>How far it is</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Waits for the job before it</source>
        <translation>等待前面的任务</translation>
    </message>
</context>
<context>
    <name>Tasks</name>
    <message>
        <source>Classification</source>
        <translation>分类</translation>
    </message>
    <message>
        <source>Regression</source>
        <translation>回归</translation>
    </message>
    <message>
        <source>Detection</source>
        <translation>检测</translation>
    </message>
    <message>
        <source>Segmentation</source>
        <translation>分割</translation>
    </message>
    <message>
        <source>Sequence</source>
        <translation>序列</translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>TryDialog</name>
    <message>
        <source>Try it on a file</source>
        <translation>用文件试用</translation>
    </message>
    <message>
        <source>Your files go to the device as they are and through the model&apos;s own pre- and post-processing there. A variant is put into the slot “try” for that; what runs in the other slots stays.</source>
        <translation>你的文件原样发送到设备，并在那里经过模型自己的前处理和后处理。变体为此放入槽位“try”；其他槽位中运行的内容不变。</translation>
    </message>
    <message>
        <source>Choose or drop images, .wav, .npy or .csv files: the answers are shown here.</source>
        <translation>选择或拖入图像、.wav、.npy 或 .csv 文件：回答显示在这里。</translation>
    </message>
    <message>
        <source>Choose files…</source>
        <translation>选择文件…</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Take all files off the list</source>
        <translation>从列表中去掉所有文件</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Data like the model was made for: it tells how a file is scaled and laid out</source>
        <translation>与模型所用相近的数据：由此得知文件如何缩放和排列</translation>
    </message>
    <message>
        <source>Classes shown</source>
        <translation>显示类别数</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>Asking the device what it runs…</source>
        <translation>正在询问设备运行什么…</translation>
    </message>
    <message>
        <source>Try it</source>
        <translation>试用</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>重新查询</translation>
    </message>
    <message>
        <source>in slot {0}</source>
        <translation>槽位 {0}</translation>
    </message>
    <message>
        <source>Drop {0} to try the model on it</source>
        <translation>松开以用 {0} 试用模型</translation>
    </message>
    <message>
        <source>{0} is no image, .wav, .npy or .csv file</source>
        <translation>{0} 不是图像、.wav、.npy 或 .csv 文件</translation>
    </message>
</context>
<context>
    <name>Trying</name>
    <message>
        <source>Choose a device.</source>
        <translation>请选择一个设备。</translation>
    </message>
    <message>
        <source>Nothing runs on this device yet: choose a variant.</source>
        <translation>此设备上还没有运行任何内容：请选择一个变体。</translation>
    </message>
    <message>
        <source>Choose one or more files.</source>
        <translation>请选择一个或多个文件。</translation>
    </message>
    <message>
        <source>Answered by</source>
        <translation>由谁作答</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>数值</translation>
    </message>
</context>
<context>
    <name>Variants</name>
    <message>
        <source>Latency p50 (ms)</source>
        <translation>延迟 p50（ms）</translation>
    </message>
    <message>
        <source>Accuracy (%)</source>
        <translation>准确率（%）</translation>
    </message>
    <message>
        <source>F1, macro (%)</source>
        <translation>宏平均 F1（%）</translation>
    </message>
    <message>
        <source>Size (kB)</source>
        <translation>体积（kB）</translation>
    </message>
    <message>
        <source>Packed size (kB)</source>
        <translation>打包体积（kB）</translation>
    </message>
    <message>
        <source>MACs (M)</source>
        <translation>乘加次数（百万）</translation>
    </message>
    <message>
        <source>Peak memory (MB)</source>
        <translation>峰值内存（MB）</translation>
    </message>
    <message>
        <source>Energy (mJ)</source>
        <translation>能耗（毫焦）</translation>
    </message>
    <message>
        <source>{0}   better →</source>
        <translation>{0}   越高越好 →</translation>
    </message>
    <message>
        <source>{0}   ← better</source>
        <translation>{0}   ← 越低越好</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Points lost</source>
        <translation>损失百分点</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>Median of the newest run on this device</source>
        <translation>该设备上最近一次测量的中位数</translation>
    </message>
    <message>
        <source>Speed-up</source>
        <translation>加速比</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>体积</translation>
    </message>
    <message>
        <source>Packed</source>
        <translation>打包后</translation>
    </message>
    <message>
        <source>Speed verdict</source>
        <translation>速度结论</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Zero weights</source>
        <translation>零权重占比</translation>
    </message>
    <message>
        <source>Layers left alone</source>
        <translation>未处理的层</translation>
    </message>
    <message>
        <source>Runtime</source>
        <translation>运行时</translation>
    </message>
</context>
<context>
    <name>VariantsPage</name>
    <message>
        <source>Variants</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>刷新</translation>
    </message>
    <message>
        <source>Save the plot…</source>
        <translation>保存图表…</translation>
    </message>
    <message>
        <source>Deploy…</source>
        <translation>部署…</translation>
    </message>
    <message>
        <source>Trade-off</source>
        <translation>权衡</translation>
    </message>
    <message>
        <source>against</source>
        <translation>对</translation>
    </message>
    <message>
        <source>All variants</source>
        <translation>全部变体</translation>
    </message>
    <message>
        <source>Views and columns</source>
        <translation>视图与列</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>Packed size</source>
        <translation>打包体积</translation>
    </message>
    <message>
        <source>Lost points at most</source>
        <translation>最多损失百分点</translation>
    </message>
    <message>
        <source>Horizontal axis</source>
        <translation>横轴</translation>
    </message>
    <message>
        <source>Vertical axis</source>
        <translation>纵轴</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>What was made in this project, and what it gains.</source>
        <translation>本项目生成的变体及其收益。</translation>
    </message>
    <message>
        <source>{0} variants, {1} measured, {2} on the front</source>
        <translation>{0} 个变体，已测 {1} 个，前沿 {2} 个</translation>
    </message>
    <message>
        <source>Each recipe makes a variant, compared with the original here.</source>
        <translation>每个配方生成一个变体，并在此与原模型比较。</translation>
    </message>
    <message>
        <source>No variants yet</source>
        <translation>还没有变体</translation>
    </message>
    <message>
        <source>Compress a model</source>
        <translation>压缩模型</translation>
    </message>
    <message>
        <source>nothing measured yet</source>
        <translation>尚未测量</translation>
    </message>
    <message>
        <source>at least {0} runs each</source>
        <translation>每个至少 {0} 次</translation>
    </message>
    <message>
        <source>{0} without both values</source>
        <translation>{0} 个缺少数值</translation>
    </message>
    <message>
        <source>All networks</source>
        <translation>全部网络</translation>
    </message>
    <message>
        <source>Save this view…</source>
        <translation>保存此视图…</translation>
    </message>
    <message>
        <source>Forget a view</source>
        <translation>删除视图</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Name of the view</source>
        <translation>视图名称</translation>
    </message>
    <message>
        <source>Packed</source>
        <translation>打包</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
</context>
<context>
    <name>VersusPanel</name>
    <message>
        <source>First</source>
        <translation>第一个</translation>
    </message>
    <message>
        <source>Second</source>
        <translation>第二个</translation>
    </message>
    <message>
        <source>against</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>The first board or device</source>
        <translation>第一块板卡或设备</translation>
    </message>
    <message>
        <source>The second board or device</source>
        <translation>第二块板卡或设备</translation>
    </message>
    <message>
        <source>Boards beside each other</source>
        <translation>板卡对照</translation>
    </message>
    <message>
        <source>Speed-up of each variant with its interval</source>
        <translation>各变体的加速比及区间</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>One board was measured so far: measure the same bundles on a second one to compare them.</source>
        <translation>目前只测过一块板卡：请在第二块板卡上测量相同的部署包再比较。</translation>
    </message>
    <message>
        <source>Choose two boards or devices that were measured with the same bundles.</source>
        <translation>请选择两块测过相同部署包的板卡或设备。</translation>
    </message>
    <message>
        <source>Above 1× the second is faster. 1 reading is stale and left out.</source>
        <translation>高于 1× 表示第二个更快。1 条测量记录已过时，未计入。</translation>
    </message>
    <message>
        <source>Above 1× the second is faster. {0} readings are stale and left out.</source>
        <translation>高于 1× 表示后者更快。{0} 条过时测量记录未计入。</translation>
    </message>
    <message>
        <source>Above 1× the second is faster.</source>
        <translation>高于 1× 表示后者更快。</translation>
    </message>
    <message>
        <source>Speed-up (×)   better →</source>
        <translation>加速比（×）   越高越好 →</translation>
    </message>
</context>
<context>
    <name>WizardModel</name>
    <message>
        <source>Needs data: choose some in step 2.</source>
        <translation>需要数据：请在第 2 步选择。</translation>
    </message>
    <message>
        <source>Choose a model.</source>
        <translation>请选择模型。</translation>
    </message>
    <message>
        <source>This model cannot be read.</source>
        <translation>无法读取此模型。</translation>
    </message>
    <message>
        <source>The model is being read…</source>
        <translation>正在读取模型…</translation>
    </message>
    <message>
        <source>This data has no metric {0}: choose another.</source>
        <translation>这份数据没有指标“{0}”：请另选一个。</translation>
    </message>
    <message>
        <source>Start the compression.</source>
        <translation>请开始压缩。</translation>
    </message>
    <message>
        <source>Add at least one method, or take a preset.</source>
        <translation>请至少添加一种方法，或选用预设。</translation>
    </message>
    <message>
        <source>The recipe is being checked…</source>
        <translation>正在检查配方…</translation>
    </message>
    <message>
        <source>Step {0}: {1}</source>
        <translation>第 {0} 步：{1}</translation>
    </message>
    <message>
        <source>A preset is judged by accuracy: choose data in step 2.</source>
        <translation>预设按准确率评判：请在第 2 步选择数据。</translation>
    </message>
    <message>
        <source>A preset is measured: choose a device in step 3.</source>
        <translation>预设需要实测：请在第 3 步选择设备。</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>Check the device</source>
        <translation>检查设备</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Look for Python</source>
        <translation>查找 Python</translation>
    </message>
    <message>
        <source>Board</source>
        <translation>板卡</translation>
    </message>
    <message>
        <source>Free disk</source>
        <translation>可用磁盘</translation>
    </message>
    <message>
        <source>Runtimes</source>
        <translation>运行时</translation>
    </message>
    <message>
        <source>Sensors</source>
        <translation>传感器</translation>
    </message>
    <message>
        <source>Leave this desktop&apos;s own key</source>
        <translation>留下这台电脑自己的密钥</translation>
    </message>
    <message>
        <source>Ask the agent what the board has</source>
        <translation>询问代理程序板卡上有什么</translation>
    </message>
    <message>
        <source>Install the agent</source>
        <translation>安装代理程序</translation>
    </message>
    <message>
        <source>Install the runtime</source>
        <translation>安装运行时</translation>
    </message>
    <message>
        <source>Prepare the original</source>
        <translation>准备原模型</translation>
    </message>
    <message>
        <source>Compress</source>
        <translation>压缩</translation>
    </message>
    <message>
        <source>Fine-tune</source>
        <translation>微调</translation>
    </message>
    <message>
        <source>Ask the teacher</source>
        <translation>教师模型推理</translation>
    </message>
    <message>
        <source>Measured preset</source>
        <translation>实测预设</translation>
    </message>
    <message>
        <source>Estimate</source>
        <translation>估计</translation>
    </message>
    <message>
        <source>Time on the device</source>
        <translation>在设备上计时</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Where it lost</source>
        <translation>损失所在</translation>
    </message>
    <message>
        <source>Robustness</source>
        <translation>鲁棒性</translation>
    </message>
    <message>
        <source>Pipeline</source>
        <translation>流水线</translation>
    </message>
    <message>
        <source>Pack and sign</source>
        <translation>打包并签名</translation>
    </message>
    <message>
        <source>Deploy</source>
        <translation>部署</translation>
    </message>
    <message>
        <source>Upload</source>
        <translation>上传</translation>
    </message>
    <message>
        <source>Verify on the device</source>
        <translation>在设备上验证</translation>
    </message>
    <message>
        <source>Switch over</source>
        <translation>切换版本</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Measure before the switch</source>
        <translation>切换前测量</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>回滚</translation>
    </message>
    <message>
        <source>Write the report</source>
        <translation>生成报告</translation>
    </message>
    <message>
        <source>{0} ({1})</source>
        <translation>{0}（{1}）</translation>
    </message>
    <message>
        <source>Compression</source>
        <translation>压缩</translation>
    </message>
    <message>
        <source>Deployment</source>
        <translation>部署</translation>
    </message>
    <message>
        <source>Measurement</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Measurement as a service</source>
        <translation>按服务方式测量</translation>
    </message>
    <message>
        <source>File for a board without network</source>
        <translation>离线板卡文件</translation>
    </message>
    <message>
        <source>Profiling of the boards</source>
        <translation>板卡性能画像</translation>
    </message>
    <message>
        <source>Rollout in waves</source>
        <translation>分批发布</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Compress and evaluate</source>
        <translation>压缩与评估</translation>
    </message>
    <message>
        <source>Deploy and verify</source>
        <translation>部署与验证</translation>
    </message>
    <message>
        <source>Activate and report</source>
        <translation>启用与报告</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Crashed</source>
        <translation>已崩溃</translation>
    </message>
    <message>
        <source>a few seconds left</source>
        <translation>还剩几秒</translation>
    </message>
    <message>
        <source>about {0} s left</source>
        <translation>约剩 {0} 秒</translation>
    </message>
    <message>
        <source>about {0} min left</source>
        <translation>约剩 {0} 分钟</translation>
    </message>
    <message>
        <source>for {0} s</source>
        <translation>已用 {0} 秒</translation>
    </message>
    <message>
        <source>for {0} min</source>
        <translation>已用 {0} 分钟</translation>
    </message>
    <message>
        <source>{0} % of this step</source>
        <translation>本步骤 {0} %</translation>
    </message>
    <message>
        <source>The worker was killed from outside (signal 9). The computer may have run out of memory.</source>
        <translation>工作进程被外部终止（信号 9），可能是内存不足。</translation>
    </message>
    <message>
        <source>The worker crashed with signal {0} ({1}).</source>
        <translation>工作进程崩溃，信号 {0}（{1}）。</translation>
    </message>
    <message>
        <source>The worker ended with exit code {0} before it was done.</source>
        <translation>工作进程在完成前退出，退出码 {0}。</translation>
    </message>
    <message>
        <source>The window is fine. Finished steps are kept, so a new run goes on from there.</source>
        <translation>窗口未受影响。已完成的步骤会保留，再次运行将从中断处继续。</translation>
    </message>
    <message>
        <source>You stopped this run.</source>
        <translation>你已停止本次运行。</translation>
    </message>
    <message>
        <source>Finished steps are kept, so a new run goes on from there.</source>
        <translation>已完成的步骤会保留，再次运行将从那里继续。</translation>
    </message>
    <message>
        <source>{0} on {1}</source>
        <translation>{1} 上的 {0}</translation>
    </message>
    <message>
        <source>{0} to {1}</source>
        <comment>a bundle to a device</comment>
        <translation>{0} → {1}</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{1} 的 {0}</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>已生成</translation>
    </message>
    <message>
        <source>Warning: </source>
        <translation>警告：</translation>
    </message>
    <message>
        <source>Inconclusive</source>
        <translation>不确定</translation>
    </message>
    <message>
        <source>Baseline</source>
        <translation>基线</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Sample project</source>
        <translation>示例项目</translation>
    </message>
    <message>
        <source>Profile the boards</source>
        <translation>测量设备画像</translation>
    </message>
    <message>
        <source>Not slower</source>
        <translation>未变慢</translation>
    </message>
    <message>
        <source>Slower</source>
        <translation>变慢</translation>
    </message>
    <message>
        <source>Finishing: the best result so far is kept.</source>
        <translation>正在收尾：保留目前最好的结果。</translation>
    </message>
    <message>
        <source>{0} so far</source>
        <translation>已用 {0}</translation>
    </message>
    <message>
        <source>{0} expected in all</source>
        <translation>预计共 {0}</translation>
    </message>
    <message>
        <source>{0} of memory</source>
        <translation>占用内存 {0}</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} 秒</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} 分钟</translation>
    </message>
    <message>
        <source>{0} h</source>
        <translation>{0} 小时</translation>
    </message>
    <message>
        <source>{0} to {1}</source>
        <translation>{0} 至 {1}</translation>
    </message>
    <message>
        <source>Can be deployed</source>
        <translation>可以部署</translation>
    </message>
    <message>
        <source>{0} to send</source>
        <translation>需发送 {0}</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>已验证</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>被拒绝</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
</context>
<context>
    <name>_ListDialog</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Working…</source>
        <translation>进行中…</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
</context>
</TS>
