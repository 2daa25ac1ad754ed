<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
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
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>Nothing measured yet</source>
        <translation>还没有测量结果</translation>
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
        <source>Quick: one network, about a minute</source>
        <translation>快速模式：一个网络，约一分钟</translation>
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
    <name>LogPanel</name>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Start</source>
        <translation>开始</translation>
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
    <name>Results</name>
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
        <translation>精度</translation>
    </message>
    <message>
        <source>Points lost</source>
        <translation>损失（百分点）</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
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
        <source>Verdict</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>Share of correct answers with its 95 % interval</source>
        <translation>正确预测的比例及其 95 % 置信区间</translation>
    </message>
    <message>
        <source>Accuracy lost against the original on the same samples, in percentage points</source>
        <translation>相同样本上相对原模型的精度损失，单位为百分点</translation>
    </message>
    <message>
        <source>Size after lossless packing</source>
        <translation>无损打包后的大小</translation>
    </message>
    <message>
        <source>Median time of one prediction on the device</source>
        <translation>设备上单次预测时间的中位数</translation>
    </message>
    <message>
        <source>Latency of the original divided by this one, in the same run, with its 95 % interval</source>
        <translation>同一次运行中，原模型延迟与该变体延迟之比及其 95 % 置信区间</translation>
    </message>
    <message>
        <source>Pass: not slower than the original within the margin. Inconclusive: the interval is too wide.</source>
        <translation>通过：在容差范围内不慢于原模型。不确定：置信区间过宽。</translation>
    </message>
</context>
<context>
    <name>StartModel</name>
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
        <translation>已完成的步骤会保留，再次运行将从中断处继续。</translation>
    </message>
    <message>
        <source>Warning: </source>
        <translation>警告：</translation>
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
        <translation>压缩网络，部署到开发板，在板上测量。</translation>
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
        <source>Evaluate</source>
        <translation>评估</translation>
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
        <source>Roll back</source>
        <translation>回滚</translation>
    </message>
    <message>
        <source>Write the report</source>
        <translation>生成报告</translation>
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
        <source>Pass</source>
        <translation>通过</translation>
    </message>
    <message>
        <source>Fail</source>
        <translation>未通过</translation>
    </message>
    <message>
        <source>Inconclusive</source>
        <translation>不确定</translation>
    </message>
    <message>
        <source>Baseline</source>
        <translation>基线</translation>
    </message>
</context>
<context>
    <name>_PillDelegate</name>
    <message>
        <source>Recommended</source>
        <translation>推荐</translation>
    </message>
</context>
</TS>
