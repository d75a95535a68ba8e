# %% [markdown] lang="en"
# # Ask the neighbours
#
# In lesson 3 every gate knew all channels: two dense layers stood between the averages and the gates. In wide networks
# that is expensive. **Does a gate have to know all channels, or is it enough to ask the neighbours?** But channels are only
# numbered; is channel 7 closer to channel 8 than to channel 40? The last figure of this lesson shows what your own
# layer makes of its neighbours.
#
# Two exercises, 8 points, about <!-- minutes --> minutes. You write the layer of **ECA-Net** (Wang et al., 2020): channel attention
# with a handful of parameters.

# %% [markdown] lang="ko"
# # 이웃에게 묻기
#
# 레슨 3에서는 게이트(gate)마다 모든 채널의 정보를 썼습니다. 평균과 게이트 사이에 Dense 층 두 개가 있었기 때문입니다.
# 채널이 많은 신경망에서는 이것의 비용이 큽니다. **게이트가 모든 채널을 알아야 할까요, 아니면 이웃에게만 물어도
# 될까요?** 그런데 채널에는 번호만 있을 뿐입니다. 채널 7은 정말 채널 40보다 채널 8에 더 가까울까요? 여러분의 층이 이웃을
# 어떻게 쓰는지 이 레슨의 마지막 그림에서 보게 됩니다.
#
# 연습 문제 2개, 8점, <!-- minutes -->분쯤 걸립니다. 작성할 것은 **ECA-Net**(Wang 등, 2020)의 층으로, 파라미터 몇 개만으로 채널
# 어텐션(channel attention)을 합니다.

# %% [markdown] lang="en"
# **After this lesson** you can choose a kernel size by formula, its ties included, and say what a channel loses that
# only hears its neighbours. **You need** lesson 3.

# %% [markdown] lang="ko"
# **이 레슨을 마치면** 커널 크기를 공식으로 정하고, 채널이 이웃만 볼 때 무엇을 잃는지 설명할 수 있습니다.
# **먼저** 레슨 3을 마쳐야 합니다.

# %%
from autograder import check, hint, progress, start, your_turn

start("5-eca")

import math

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% [markdown] lang="en"
# ## Sixteen microphones
#
# Four speakers are on a stage, and each is recorded by four microphones. Of each four, one is broken and gives static.
# As in lesson 3 the speakers are garments. But this time some speak softly and some loudly, and the static of a broken
# microphone is about three times as loud as *its own* speaker.
#
# In the next figure each row is a speaker and each column a microphone; below it stand the sixteen averages.
# *Predict: in lesson 3 a fixed threshold told static from speech. Will one do here?*

# %% [markdown] lang="ko"
# ## 마이크 열여섯 개
#
# 무대에 네 사람이 있고, 한 사람마다 마이크 네 개로 녹음합니다. 네 개 가운데 하나는 고장이 나서 잡음만 냅니다. 레슨
# 3에서처럼 말하는 사람은 옷입니다. 다만 이번에는 작게 말하는 사람도 있고 크게 말하는 사람도 있습니다. 고장 난 마이크의
# 잡음은 **그 마이크가 맡은** 사람의 목소리보다 세 배쯤 큽니다.
#
# 다음 그림에서 행은 사람, 열은 마이크이고, 아래에 평균 열여섯 개를 출력합니다. **예상해 보세요. 레슨 3에서는 고정된
# 임계값(threshold) 하나로 잡음을 가려낼 수 있었습니다. 여기서도 될까요?**

# %% experiment
from coursekit.data import load_fashion_mnist
from coursekit.experiments import network_name
from coursekit.plots import comparison, image_grid
from coursekit.plots.style import PALETTE, sheet
from coursekit.composites import ORDERS, on_stage  # what on_stage does, step by step: coursekit/composites.py
# ko: # on_stage가 하는 일은 coursekit/composites.py에 단계별로 있습니다

(train_images, _), (test_images, _) = load_fashion_mnist()

# What is heard, (batch, 14, 14, 16), and what is said, (batch, 14, 14, 4); four images make a scene.
# ko: 들리는 것 (batch, 14, 14, 16)과 말한 것 (batch, 14, 14, 4). 이미지 네 장이 한 장면입니다.
heard, said = on_stage(test_images[:2_000], seed=1)
rows = {f"speaker {row}": heard[0, :, :, 4 * row : 4 * row + 4].transpose(2, 0, 1) for row in range(4)}
# ko: rows = {f"사람 {row}": heard[0, :, :, 4 * row : 4 * row + 4].transpose(2, 0, 1) for row in range(4)}
means = heard[0].mean(axis=(0, 1))
title = f"Sixteen microphones with averages from {means.min():.2f} to {means.max():.2f}; four are broken"
# ko: title = f"마이크 열여섯 개의 평균은 {means.min():.2f}에서 {means.max():.2f}까지이고, 네 개가 고장입니다"
image_grid(rows, title, (0, 1.5))

# %% experiment
for row in range(4):
    print(f"speaker {row}: averages", *(f"{mean:.2f}" for mean in heard[0, :, :, 4 * row : 4 * row + 4].mean(axis=(0, 1))))
    # ko: print(f"사람 {row}: 평균", *(f"{mean:.2f}" for mean in heard[0, :, :, 4 * row : 4 * row + 4].mean(axis=(0, 1))))

# %% [markdown] lang="en"
# No threshold works, because the static beside a soft speaker is no louder than a loud speaker's voice. To know whether a
# microphone is broken you have to **compare** it with others, and if the sixteen lie in a row, the right ones to compare
# with lie next to it.
#
# ## From a bottleneck to a sliding window
#
# Lesson 3's layer can compare everything with everything, through a bottleneck of $m = C / r$ units. Wang et al. put two
# questions to it. Do the gates need all channels? And does the bottleneck, which squeezes $C$ numbers into $m$, do harm?
#
# They measured both on ImageNet with ResNet-50 (their Table 2, top-1 accuracy in per cent):
#
# | a gate sees | parameters | accuracy |
# |---|---|---|
# | there are no gates | 0 | 75.20 |
# | its own channel, without any weight: $\sigma(z_c)$ | 0 | 76.00 |
# | its own channel, with one weight | $C$ | 77.07 |
# | all channels, through a bottleneck (lesson 3) | $2C^2/r$ | 76.71 |
# | all channels, without a bottleneck | $C^2$ | 77.42 |
# | its 3 nearest channels, with a kernel for each channel | $3C$ | 77.35 |
# | its 3 nearest channels, one kernel for all | **3** | **77.43** |
#
# In their measurement the bottleneck costs more than the other channels bring, and three shared weights do as well as
# $C^2$. This is **efficient channel attention**, ECA:
#
# $$z_c = \frac{1}{HW}\sum_{h,w} x_{hwc} \qquad s_c = \sigma\Big(\sum_{j=-(k-1)/2}^{(k-1)/2} w_j\, z_{c+j}\Big) \qquad
# y_{hwc} = s_c\, x_{hwc}$$
#
# The sum is a 1D convolution along the *channels*. Beyond the first and the last channel there are zeros.

# %% [markdown] lang="ko"
# 고정된 임계값으로는 안 됩니다. 작게 말하는 사람 옆의 잡음은 크게 말하는 사람의 목소리보다 크지 않기 때문입니다.
# 마이크가 고장인지 알려면 다른 마이크와 **비교해야** 합니다. 열여섯 개가 한 줄로 놓여 있다면, 비교할 상대는 바로 옆에
# 있습니다.
#
# ## 병목(bottleneck)에서 슬라이딩 윈도우(sliding window)로
#
# 레슨 3의 층은 유닛이 $m = C / r$개인 병목을 거쳐 모든 채널을 모든 채널과 비교할 수 있습니다. Wang 등은 이
# 층에 대해 두 가지를 물었습니다. 게이트에 정말 모든 채널이 필요할까요? 수 $C$개를 $m$개로 줄이는 병목은 해가 되지
# 않을까요?
#
# 그리고 두 가지를 모두 ImageNet의 ResNet-50에서 측정했습니다(논문 표 2, top-1 정확도 %).
#
# | 게이트가 보는 것 | 파라미터 | 정확도 |
# |---|---|---|
# | 게이트가 없음 | 0 | 75.20 |
# | 자기 채널, 가중치 없이 $\sigma(z_c)$ | 0 | 76.00 |
# | 자기 채널, 가중치 하나 | $C$ | 77.07 |
# | 모든 채널, 병목을 거쳐서 (레슨 3) | $2C^2/r$ | 76.71 |
# | 모든 채널, 병목 없이 | $C^2$ | 77.42 |
# | 가장 가까운 채널 3개, 커널은 채널마다 따로 | $3C$ | 77.35 |
# | 가장 가까운 채널 3개, 커널 하나를 함께 | **3** | **77.43** |
#
# 이 측정에서는 병목 때문에 잃는 것이 다른 채널을 보아서 얻는 것보다 큽니다. 그리고 모든 게이트가 함께 쓰는 가중치 세
# 개만으로도 $C^2$개만큼의 효과를 냅니다. 이것이 **효율적 채널 어텐션**(efficient channel attention), ECA입니다.
#
# $$z_c = \frac{1}{HW}\sum_{h,w} x_{hwc} \qquad s_c = \sigma\Big(\sum_{j=-(k-1)/2}^{(k-1)/2} w_j\, z_{c+j}\Big) \qquad
# y_{hwc} = s_c\, x_{hwc}$$
#
# 가운데의 합은 **채널**을 따라가는 1차원 합성곱입니다. 첫 채널의 앞과 마지막 채널의 뒤에는 0이 있습니다.

# %% [markdown] lang="en"
# ## How many neighbours?
#
# The window's width $k$ has to be odd, so that it has a middle, the gate's own channel; and in maps with many channels it
# may be wider. Wang et al. tie it to the number of channels (equation 12):
#
# $$k = \left|\frac{\log_2 C}{\gamma} + \frac{b}{\gamma}\right|_{\mathrm{odd}} \qquad b = 1,\; \gamma = 2$$
#
# where $|t|_{\mathrm{odd}}$ is "the nearest odd number". $C = 64$: $t = (6 + 1) / 2 = 3.5$, so $k = 3$.
#
# **Where the equation says nothing.** For $C = 8$, $t$ is 2, as near to 1 as to 3. The same happens at 128 ($t = 4$) and
# at 2,048 ($t = 6$). These are common widths, and the sources part ways:
#
# - The code in the paper's Figure 3 takes the absolute value of $t$, cuts it off, and makes an even number the next odd one. So
#   ties go **up**: 3, 5, 7. timm, kecam and one of the sources of this course do the same.
# - The authors' released networks contain no formula. Their layer takes $k$ as an argument, 3 by default. ResNet-50 gets
#   3, 5, 5, 7 for its stages of 256, 512, 1,024 and 2,048 channels; the formula with ties up gives 5, 5, 5, 7.
# - timm never goes below 3. The formula gives 1 for fewer than 8 channels.
#
# **This course follows the paper's code**: ties go up, and 1 is allowed. `check` accepts nothing else, and tells you if
# you have rounded a tie the other way.
#
# From here on exercises no longer count the steps for you. They say what goes in, what comes out, and what must hold of it;
# the steps are in the first hint, `hint(eca_kernel_size)`.

# %% [markdown] lang="ko"
# ## 이웃 몇 개?
#
# 윈도우의 너비 $k$는 홀수여야 합니다. 그래야 가운데에 게이트 자신의 채널이 옵니다. 그리고 채널이 많은 맵에서는 윈도우가
# 더 넓어도 됩니다. Wang 등은 너비를 채널 수에 따라 정합니다(식 12).
#
# $$k = \left|\frac{\log_2 C}{\gamma} + \frac{b}{\gamma}\right|_{\mathrm{odd}} \qquad b = 1,\; \gamma = 2$$
#
# 여기서 $|t|_{\mathrm{odd}}$는 "가장 가까운 홀수"입니다. $C = 64$이면 $t = (6 + 1) / 2 = 3.5$이므로 $k = 3$입니다.
#
# **식이 답하지 않는 곳.** $C = 8$이면 $t$가 2인데, 2는 1과도 3과도 똑같이 가깝습니다. 128($t = 4$)과 2,048($t = 6$)에서도
# 마찬가지입니다. 흔히 쓰는 채널 수인데, 출처마다 답이 다릅니다.
#
# - 논문 그림 3의 코드는 $t$의 절댓값에서 소수점 아래를 버리고, 짝수이면 다음 홀수로 바꿉니다. 그래서 **큰 쪽**인 3, 5, 7이 됩니다.
#   timm과 kecam, 그리고 이 강의가 참고한 글 하나도 그렇게 합니다.
# - 저자들이 공개한 신경망에는 이 식이 없습니다. $k$를 인수로 받고 기본값은 3입니다. ResNet-50에서는 채널이 256, 512,
#   1,024, 2,048개인 스테이지(stage)에 3, 5, 5, 7을 주었는데, 큰 쪽을 고르는 식으로는 5, 5, 5, 7입니다.
# - timm에서는 3보다 작아지지 않습니다. 식으로는 채널이 8개보다 적을 때 1입니다.
#
# **이 강의는 논문의 코드를 따릅니다.** 두 홀수가 똑같이 가까우면 큰 쪽을 고르고, 1도 허용합니다. `check`는 이 규칙만
# 받아들이고, 반대쪽을 골랐다면 그렇다고 알려 줍니다.
#
# 여기서부터 연습 문제에는 단계가 적혀 있지 않습니다. 무엇이 들어가고 무엇이 나오며 그 결과가 무엇을 만족해야 하는지만
# 적혀 있고, 단계는 첫 번째 힌트에 있습니다. `hint(eca_kernel_size)`를 실행하면 볼 수 있습니다.

# %% solution="eca_kernel_size"
def eca_kernel_size(channels, b=1, gamma=2):
    """How many neighbouring channels a gate sees, its own included: more of them in wider maps.

    Args:
        channels: number of channels of the feature map.
        b, gamma: the constants of equation 12. With b far below 0, t is negative;
            its absolute value counts then.

    Returns:
        Kernel size, an odd integer (int); where two odd numbers are equally near, the larger one.

    ko: 게이트 하나가 자신의 채널까지 합쳐 몇 개의 이웃 채널을 보는가. 채널이 많은 맵일수록 더 많이 봅니다.

    인수:
        channels: 특징 맵의 채널 수.
        b, gamma: 식 12의 상수. b가 0보다 많이 작으면 t가 음수이고, 이때는 절댓값을 씁니다.

    반환값:
        커널 크기, 홀수인 정수(int). 두 홀수가 똑같이 가까우면 큰 쪽입니다.
    """
    ### BEGIN SOLUTION
    size = int(abs((math.log2(channels) + b) / gamma))
    return size if size % 2 else size + 1
    ### END SOLUTION

# %% check="eca_kernel_size" points=3
check(eca_kernel_size)

# %% [markdown] lang="en"
# The next figure draws your function over the number of channels. *Predict: how many times does the window grow on the way
# from 1 to 4,096 channels?*

# %% [markdown] lang="ko"
# 다음 그림은 여러분의 함수가 채널 수에 따라 내는 값을 보여 줍니다. **예상해 보세요. 채널이 1개에서 4,096개로 늘어나는 동안
# 윈도우는 몇 번 넓어질까요?**

# %% experiment
channels = np.arange(1, 4097)
sizes = [eca_kernel_size(int(count)) for count in channels]
title = f"From 1 to 4,096 channels the window grows from {sizes[0]} to {sizes[-1]}"
# ko: title = f"채널이 1개에서 4,096개로 늘면 윈도우는 {sizes[0]}에서 {sizes[-1]}로 커집니다"
with sheet(title, 3.4) as figure:
    ax = figure.subplots()
    ax.step(channels, sizes, where="post", color=PALETTE[0], linewidth=2, label="your eca_kernel_size")
    # ko: ax.step(channels, sizes, where="post", color=PALETTE[0], linewidth=2, label="여러분의 eca_kernel_size")
    ax.plot(channels, (np.log2(channels) + 1) / 2, "--", color=PALETTE[1], label="t, before it is made odd")
    # ko: ax.plot(channels, (np.log2(channels) + 1) / 2, "--", color=PALETTE[1], label="홀수로 만들기 전의 t")
    for tie in (8, 128, 2048):
        ax.plot(tie, eca_kernel_size(tie), "o", color=PALETTE[2], label="ties, rounded up" if tie == 8 else None)
        # ko: ax.plot(tie, eca_kernel_size(tie), "o", color=PALETTE[2], label="두 홀수가 똑같이 가까우면 큰 쪽" if tie == 8 else None)
    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.set(xlabel="channels (log scale)", ylabel="kernel size k", yticks=(1, 3, 5, 7))
    # ko: ax.set(xlabel="채널 수(로그 눈금)", ylabel="커널 크기 k", yticks=(1, 3, 5, 7))
    ax.grid(axis="y")
    ax.legend(frameon=False)
display(figure)

# %% [markdown] lang="en"
# It grows three times, each time at a tie: at 8, 128 and 2,048. The logarithm makes it grow so slowly that a gate in a map of
# 2,048 channels sees 7 of them.
#
# ## The layer
#
# `Conv1D` slides along the *middle* axis of (batch, length, features). So the channels have to become the length, with
# one feature at each place. Here are the shapes for the map that one of our sources uses:
#
# | no. | step | 26 × 26 × 512 | weights |
# |---|---|---|---|
# | 0 | input | (batch, 26, 26, 512) | |
# | 1 | global average pooling | (batch, 512) | none |
# | 2 | reshape | (batch, 512, 1) | none |
# | 3 | 1D convolution, 1 filter, $k$ = 5, same padding, no bias | (batch, 512, 1) | 5 |
# | 4 | sigmoid | (batch, 512, 1) | none |
# | 5 | reshape, multiplication | (batch, 1, 1, 512), then (batch, 26, 26, 512) | none |
#
# Without step 2, as (batch, 1, 512), the convolution would run over a sequence of length 1 and read all 512 channels.
# Nothing fails, but it is another layer, as its parameter count shows.
#
# **Sigmoid or none?** The code in the paper's Figure 3 has no sigmoid, but its equation 9 and the released code have one. The
# figure has left it out, and we write it. A **bias** is in none of the sources. One of ours calls the layer a "1×1
# convolution", but it is one-dimensional, and $k$ wide.

# %% [markdown] lang="ko"
# 윈도우는 세 번 넓어지는데, 모두 두 홀수가 똑같이 가까운 8, 128, 2,048에서입니다. 로그 함수이므로 아주 천천히
# 넓어져서, 채널이 2,048개인 맵에서도 게이트 하나는 7개만 봅니다.
#
# ## 층 작성하기
#
# `Conv1D`는 (batch, 길이, 특징)에서 **가운데** 축을 따라 움직입니다. 그러므로 채널이 길이 축이 되고, 위치마다 특징이
# 하나씩 있어야 합니다. 이 강의가 참고한 글에 나오는 맵으로 형태를 적으면 다음과 같습니다.
#
# | 번호 | 단계 | 26 × 26 × 512 | 가중치 |
# |---|---|---|---|
# | 0 | 입력 | (batch, 26, 26, 512) | |
# | 1 | 전역 평균 풀링(global average pooling) | (batch, 512) | 없음 |
# | 2 | 형태 바꾸기(reshape) | (batch, 512, 1) | 없음 |
# | 3 | 1차원 합성곱, 필터 1개, $k$ = 5, same 패딩(padding), 편향(bias) 없음 | (batch, 512, 1) | 5 |
# | 4 | 시그모이드(sigmoid) | (batch, 512, 1) | 없음 |
# | 5 | 형태 바꾸기, 곱셈 | (batch, 1, 1, 512), 그다음 (batch, 26, 26, 512) | 없음 |
#
# 2단계 없이 (batch, 1, 512)로 두면 합성곱은 길이가 1인 시퀀스(sequence)에서 채널 512개를 한꺼번에 읽습니다. 오류는 나지
# 않지만 다른 층이 됩니다. 파라미터 수를 보면 알 수 있습니다.
#
# **시그모이드가 있을까요, 없을까요?** 논문 그림 3의 코드에는 시그모이드가 없고, 식 9와 공개된 코드에는 있습니다. 그림에서 빠진
# 것이므로 우리는 시그모이드를 씁니다. **편향이 없다**는 점은 모든 출처가 같습니다. 참고한 글 하나는 이 층을 "1×1 합성곱"이라고
# 부르지만, 1차원이고 너비가 $k$인 합성곱입니다.

# %% solution="eca_block"
def eca_block(inputs, b=1, gamma=2):
    """Channel attention by one convolution along the channels.

    Args:
        inputs: feature map, (batch, height, width, channels).
        b, gamma: handed on to `eca_kernel_size`.

    Returns:
        The inputs times one gate between 0 and 1 for each channel, in the same shape. There are as many parameters as
        the kernel is wide.

    ko: 채널 축을 따라가는 합성곱 하나로 만드는 채널 어텐션.

    인수:
        inputs: 특징 맵, (batch, height, width, channels).
        b, gamma: `eca_kernel_size`에 그대로 넘기는 값.

    반환값:
        inputs에 채널마다 0과 1 사이의 게이트를 하나씩 곱한 것. 형태는 그대로이고, 파라미터 수는 커널 크기와 같습니다.
    """
    ### BEGIN SOLUTION
    channels = inputs.shape[-1]
    gates = layers.GlobalAveragePooling2D()(inputs)
    gates = layers.Reshape((channels, 1))(gates)
    size = eca_kernel_size(channels, b, gamma)
    gates = layers.Conv1D(1, size, padding="same", use_bias=False, activation="sigmoid")(gates)
    gates = layers.Reshape((1, 1, channels))(gates)
    return layers.Multiply()([inputs, gates])
    ### END SOLUTION

# %% check="eca_block" points=5
check(eca_block)

# %% [markdown] lang="en"
# ## Bonus: mend this
#
# Before we count parameters, a block that has far too many. It is lesson 4's spatial attention: on 64 channels, with a kernel
# of 7 × 7, it should train 3,137 parameters, and trains 200,896. Two faults are in it, and every shape is right. *Account for
# all the parameters, and mend it, without looking at your own.* `mend` tries the block as the check of `spatial_attention`
# would, and says which aspects are right, but not what is wrong. It gives no points.
#
# <details><summary>Where the faults are from</summary>
#
# In a [network that removes haze](https://github.com/FadeoN/Distilling-Image-Dehazing-With-Heterogeneous-Task-Imitation/issues/8)
# spatial attention has as many gates as values, and somebody asks why it is no mask. The other is no fault where it is from:
# [CBAM's code](https://github.com/Jongchan/attention-module) normalises before the sigmoid. The tutorial's three steps, which
# `spatial_attention` follows, do not.
# </details>

# %% [markdown] lang="ko"
# ## 보너스: 고쳐 보기
#
# 파라미터를 세기 전에, 파라미터가 너무 많은 블록을 하나 봅시다. 레슨 4의 공간 어텐션입니다. 채널이 64개이고 커널이 7 × 7이면 학습
# 가능한 파라미터(trainable parameters)가 3,137개여야 하는데 200,896개입니다. 고장 난 곳은 두 군데이고, 형태는 모두 맞습니다. **파라미터가 어디에서
# 왔는지 모두 따져 보고, 여러분의 답을 보지 말고 고쳐 보세요.** `mend`는 `spatial_attention`을 확인할 때처럼 블록을 시험해 어떤
# 측면이 맞는지만 알려 주고, 무엇이 틀렸는지는 알려 주지 않습니다. 점수는 없습니다.
#
# <details><summary>어디에 있던 실수인가</summary>
#
# 안개를 걷어 내는 어느 [신경망](https://github.com/FadeoN/Distilling-Image-Dehazing-With-Heterogeneous-Task-Imitation/issues/8)의
# 공간 어텐션에는 게이트가 값의 수만큼 있어서, 왜 위치마다 하나가 아닌지 묻는 질문이 올라왔습니다. 다른 하나는 원래 있던 곳에서는
# 실수가 아닙니다. [CBAM의 코드](https://github.com/Jongchan/attention-module)는 시그모이드 앞에서 배치 정규화(batch normalization)를
# 합니다. 반면 `spatial_attention`이 따르는 튜토리얼의 세 단계에는 배치 정규화가 없습니다.
# </details>

# %% experiment
from autograder import mend

def repaired(x, name, kernel_size=7):
    """Spatial attention: a gate for each position, from a convolution over all channels.

    ko: 공간 어텐션. 모든 채널을 읽는 합성곱으로 위치마다 게이트를 구합니다.
    """
    scores = layers.Conv2D(x.shape[-1], kernel_size, padding="same", name=f"{name}_conv")(x)
    scores = layers.BatchNormalization(name=f"{name}_bn")(scores)
    gates = layers.Activation("sigmoid", name=f"{name}_gates")(scores)
    return layers.Multiply(name=f"{name}_scale")([x, gates])

mend(repaired, "spatial_attention")

# %% [markdown] lang="en"
# ## What it costs
#
# The next cell hands out lesson 3's `channel_attention`. The one after it counts the parameters of both layers in the four
# stages of ResNet-50, lesson 3's with the SENet paper's ratio of 16. *Predict: by what factor do they differ at 2,048 channels?*

# %% [markdown] lang="ko"
# ## 비용
#
# 다음 셀에는 레슨 3의 `channel_attention`이 주어져 있습니다. 그다음 셀은 ResNet-50의 네 스테이지에서 두 층의 파라미터를
# 셉니다. 레슨 3의 층에는 SENet 논문의 ratio 16을 씁니다. **예상해 보세요. 채널이 2,048개일 때 둘은 몇 배나 차이가 날까요?**

# %% experiment
from autograder import predict

predict("dense_against_window")

# %% given="channel_attention"

# %% experiment
def dense_gates(inputs, ratio=16):
    """Lesson 3's layer with the ratio of the SENet paper.

    ko: 레슨 3의 층에 SENet 논문의 ratio를 쓴 것
    """
    return channel_attention(inputs, "dense", ratio)

def parameters(block, channels):
    """How many parameters a block has on a map with this many channels.

    ko: 채널이 이만큼인 맵에서 블록의 파라미터 수
    """
    x = keras.Input((7, 7, channels))
    return keras.Model(x, block(x)).count_params()

total = {dense_gates: 0, eca_block: 0}
for channels, blocks in ((256, 3), (512, 4), (1024, 6), (2048, 3)):  # of ResNet-50's stages
# ko: # ResNet-50의 스테이지
    dense, window = parameters(dense_gates, channels), parameters(eca_block, channels)
    print(f"{channels:5} channels, {blocks} blocks: lesson 3's {dense:7,}   ECA {window}")
    # ko: print(f"채널 {channels:5}개, 블록 {blocks}개: 레슨 3의 층 {dense:7,}   ECA {window}")
    total[dense_gates] += blocks * dense
    total[eca_block] += blocks * window
print(f"in all 16 blocks: lesson 3's {total[dense_gates]:,}, ECA {total[eca_block]}")
# ko: print(f"블록 16개 모두: 레슨 3의 층 {total[dense_gates]:,}, ECA {total[eca_block]}")
print(f"26 × 26 × 512: {parameters(eca_block, 512)} parameters")
# ko: print(f"26 × 26 × 512: 파라미터 {parameters(eca_block, 512)}개")
print(f"ResNet-50 without attention: 25,557,032 parameters, that is {25_557_032 / 2**20:.2f} · 2^20")
# ko: print(f"어텐션 없는 ResNet-50: 파라미터 25,557,032개, 즉 {25_557_032 / 2**20:.2f} · 2^20")

# %% [markdown] lang="en"
# 2.5 million against **86**. The paper says 80, because its released ResNet-50 departs from the formula in the
# first stage, with 3, 5, 5, 7 instead of 5, 5, 5, 7.
#
# **Mind the "M".** The ECA paper's tables give ResNet-50 as 24.37M parameters, other papers as 25.56M. It is the same
# network. ECA's M is $2^{20}$ = 1,048,576, as the last printed line shows.

# %% [markdown] lang="ko"
# 한쪽은 250만 개, 다른 쪽은 **86개**입니다. 논문에는 80개라고 되어 있습니다. 공개된 ResNet-50은
# 첫 번째 스테이지에서 식을 따르지 않고, 5, 5, 5, 7이 아니라 3, 5, 5, 7을 쓰기 때문입니다.
#
# **"M"을 조심하세요.** ECA 논문의 표에서 ResNet-50의 파라미터는 24.37M이고 다른 논문에서는 25.56M이지만, 둘은 같은
# 신경망입니다. 마지막으로 출력한 줄에서 보듯 ECA 논문의 M은 $2^{20}$ = 1,048,576입니다.

# %% [markdown] lang="en"
# ## Bonus: spend 400 parameters
#
# ECA pays for its few weights with a narrow view. *Design gates for 64 channels that cost at most 400 parameters, each of
# which depends on all 64.* The function below sees all channels, but has ten times as many parameters. Change it until
# `design` is content: it counts the parameters, and doubles one channel after the other to find out which gates move. It
# gives no points.
#
# <details><summary>Three ways</summary>
#
# Lesson 3's two layers with 2 units in the middle have 322 parameters. An ECA whose kernel is 127 wide reaches from the first
# channel to the last, with 127. One dense layer to a single number, from which each channel makes its gate with a weight and
# a bias of its own, is lesson 3's with 1 unit: 193.
# </details>

# %% [markdown] lang="ko"
# ## 보너스: 파라미터 400개로 설계하기
#
# ECA는 가중치가 적은 대신 보는 범위가 좁습니다. **파라미터를 400개까지만 써서 채널 64개의 게이트를 설계해 보세요. 게이트마다 채널
# 64개의 영향을 모두 받아야 합니다.** 아래 함수는 모든 채널을 보지만 파라미터가 열 배나 됩니다. `design`이 통과시킬 때까지
# 고쳐 보세요. `design`은 파라미터를 세고, 채널을 하나씩 두 배로 키워 어느 게이트가 변하는지 알아봅니다. 점수는 없습니다.
#
# <details><summary>세 가지 방법</summary>
#
# 레슨 3의 두 층에서 가운데 유닛을 2개로 하면 파라미터가 322개입니다. 커널 너비가 127인 ECA는 첫 채널에서 마지막 채널까지
# 닿으며 파라미터가 127개입니다. Dense 층으로 수 하나를 만들고 채널마다 가중치와 편향을 하나씩 두어 게이트를 내면 유닛이 1개인
# 레슨 3의 층이 되고, 파라미터는 193개입니다.
# </details>

# %% experiment
from autograder import design

def small_gates(x):
    """A gate for each channel, from all of them.

    ko: 모든 채널로 계산하는, 채널마다 하나씩 있는 게이트
    """
    gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gates = layers.Dense(x.shape[-1], activation="sigmoid")(gates)
    return x * gates

design(small_gates, channels=64, budget=400)

# %% [markdown] lang="en"
# ## Who listens to whom
#
# Which channels does a gate depend on? Ask your layer. The next cell feeds a map of ones, raises *one* channel, and
# records how far each gate moves. In the figure each row is a gate and each column the channel that was raised; bright
# means that the gate moved.
#
# *Predict the two pictures for 16 channels: lesson 3's layer on the left, yours on the right.*

# %% [markdown] lang="ko"
# ## 누가 누구의 말을 듣는가
#
# 게이트는 어떤 채널의 영향을 받을까요? 여러분의 층에 직접 물어봅시다. 다음 셀은 모든 값이 1인 맵에서 채널 **하나**를
# 높이고 게이트마다 얼마나 변했는지 기록합니다. 그림에서 행은 게이트, 열은 높인 채널입니다. 밝을수록 게이트가 많이 변한
# 것입니다.
#
# **채널이 16개일 때 두 그림을 예상해 보세요. 왼쪽은 레슨 3의 층, 오른쪽은 여러분의 층입니다.**

# %% experiment
def moved_gates(block, channels=16, raised=0.5):
    """How far each gate of an untrained block moves when one channel is raised: (gates, channels).

    ko: 학습하지 않은 블록에서 채널 하나를 높였을 때 각 게이트가 움직인 크기: (gates, channels)
    """
    keras.utils.set_random_seed(0)
    x = keras.Input((4, 4, channels))
    model = keras.Model(x, block(x))
    means = np.concatenate([np.ones((1, channels)), 1 + raised * np.eye(channels)]).astype("float32")
    maps = np.broadcast_to(means[:, None, None, :], (channels + 1, 4, 4, channels))
    gates = np.array(model(maps))[:, 0, 0, :] / means  # the output is the map times its gates
    # ko: # 출력은 맵에 게이트를 곱한 것입니다
    return np.abs(gates[1:] - gates[0]).T

blocks = {"lesson 3's layer": lambda x: dense_gates(x, ratio=2), "your eca_block": eca_block}
# ko: blocks = {"레슨 3의 층": lambda x: dense_gates(x, ratio=2), "여러분의 eca_block": eca_block}
pictures = {name: moved / moved.max() for name, moved in zip(blocks, map(moved_gates, blocks.values()))}
counts = [f"{(moved > 0.001).mean():.0%}" for moved in pictures.values()]
title = "Pairs of a channel and a gate that moved with it: lesson 3's layer {}, yours {}".format(*counts)
# ko: title = "채널과 함께 게이트가 움직인 쌍의 비율: 레슨 3의 층 {}, 여러분의 층 {}".format(*counts)
with sheet(title, 3.8) as figure:
    for ax, (name, moved) in zip(figure.subplots(1, 2), pictures.items()):
        picture = ax.imshow(moved, cmap="viridis", vmin=0, vmax=1)
        ax.set(title=f"{name}", xlabel="channel that was raised", ylabel="gate")
        # ko: ax.set(title=f"{name}", xlabel="높인 채널", ylabel="게이트")
    figure.colorbar(picture, ax=figure.axes, label="moved, largest = 1")
    # ko: figure.colorbar(picture, ax=figure.axes, label="움직인 크기, 최대 = 1")
display(figure)

# %% [markdown] lang="en"
# On the left nearly the whole square is filled. On the right there is a band along the diagonal, as wide as your kernel; each
# row has the same three values, because all gates share them. Lesson 4's receptive field comes back, along the channels
# instead of across the picture.
#
# Lesson 3's layer would not mind if the channels changed places: its weights could change places with them. For the band
# the order matters. **Swap two channels, and they ask other neighbours.**
#
# ## Neighbours or strangers
#
# Back to the stage. A 1×1 convolution has to give the four speakers' pictures. We train it without gates, with ECA, and
# with lesson 3's layer, on the sixteen microphones in two orders:
#
# - **beside each other**: microphones of one speaker are neighbours, as in the first figure;
# - **scattered**: the same microphones in another order, neighbours belong to different speakers.
#
# *Predict: which of the networks will the order matter to? What will ECA do with neighbours who know nothing of its own
# speaker?*

# %% [markdown] lang="ko"
# 왼쪽은 사각형이 거의 다 차 있습니다. 오른쪽에는 대각선을 따라 커널(kernel) 너비만큼의 띠가 있고, 모든 게이트가 같은
# 커널을 쓰므로 어느 행에나 같은 값 세 개가 있습니다. 레슨 4의 수용 영역(receptive field)이 다시 나온 것인데, 이번에는
# 그림이 아니라 채널을 따라 놓여 있습니다.
#
# 레슨 3의 층은 채널의 순서를 바꾸어도 상관없습니다. 가중치의 순서도 함께 바꾸면 되기 때문입니다. 반면 띠에는 순서가
# 중요합니다. **두 채널의 순서를 바꾸면, 서로 다른 이웃에게 묻게 됩니다.**
#
# ## 이웃인가, 남인가
#
# 무대로 돌아갑시다. 1×1 합성곱으로 네 사람의 그림을 내야 합니다. 이 합성곱을 게이트 없이, ECA와 함께, 레슨 3의 층과
# 함께 학습합니다. 마이크 열여섯 개의 순서는 두 가지입니다.
#
# - **나란히**(beside): 첫 그림처럼 한 사람의 마이크끼리 이웃입니다.
# - **흩어져서**(scattered): 같은 마이크인데 순서가 달라서, 이웃은 모두 다른 사람의 마이크입니다.
#
# **예상해 보세요. 순서는 어느 신경망에 중요할까요? ECA는 같은 사람에 대해 아무것도 모르는 이웃을 어떻게 다룰까요?**

# %% experiment
BUDGET = {"scenes": 3_000, "epochs": 6, "seeds": 3}  # well under a minute; in full: 15_000, 10 and 5
# ko: # 1분이 채 걸리지 않습니다. 전체 학습은 15_000, 10, 5
heard_train, said_train = on_stage(train_images[: 4 * BUDGET["scenes"]], seed=0)

def listener(attention, order, seed):
    """Train attention and a 1×1 convolution, which begins as the mean of each speaker's microphones.

    ko: 어텐션과 1×1 합성곱을 학습합니다. 합성곱은 사람마다 마이크의 평균을 내는 가중치에서 시작합니다.
    """
    keras.utils.set_random_seed(seed)
    x = inputs = keras.Input((14, 14, 16))
    means = np.kron(np.eye(4), np.full((4, 1), 1 / 4))[order].reshape(1, 1, 16, 4)
    mix = layers.Conv2D(4, 1, kernel_initializer=lambda shape, dtype: ops.convert_to_tensor(means, dtype))
    model = keras.Model(inputs, mix(attention(x)))
    model.compile(keras.optimizers.Adam(0.03), "mse", jit_compile=False)
    model.fit(heard_train[..., order], said_train, batch_size=64, epochs=BUDGET["epochs"], verbose=0)
    return model

# %% experiment
attentions = {"no gates": lambda x: x, "ECA": eca_block, "lesson 3's": lambda x: dense_gates(x, ratio=1)}
# ko: attentions = {"게이트 없음": lambda x: x, "ECA": eca_block, "레슨 3의 층": lambda x: dense_gates(x, ratio=1)}
errors, listeners = {}, {}
for name, attention in attentions.items():
    for place, order in ORDERS.items():
        if name == "no gates" and place == "scattered":
        # ko: if name == "게이트 없음" and place == "scattered":
            continue  # without gates the order changes nothing
            # ko: # 게이트가 없으면 순서가 바뀌어도 달라지는 것이 없습니다
        row = name if name == "no gates" else f"{name}, {place}"
        # ko: row = name if name == "게이트 없음" else f"{name}, {place}"
        models = [listener(attention, order, seed) for seed in range(BUDGET["seeds"])]
        errors[row] = [1_000 * model.evaluate(heard[..., order], said, verbose=0) for model in models]
        listeners[row] = models
        print(f"{network_name(row):22} {parameters(attention, 16):3} parameters for gates, error × 1,000: {np.mean(errors[row]):.2f}")
        # ko: print(f"게이트의 파라미터 {parameters(attention, 16):3}개, 오차 × 1,000: {np.mean(errors[row]):.2f}   {network_name(row)}")
better = np.mean(errors["ECA, beside"]) / np.mean(errors["ECA, scattered"])
title = f"With the right neighbours, ECA's error is {better:.2f} times that with the wrong ones"
# ko: title = f"이웃이 알맞으면 ECA의 오차는 이웃이 남일 때의 {better:.2f}배입니다"
comparison(errors, title, "test error (MSE × 1,000)", better="lower")
# ko: comparison(errors, title, "테스트 오차(MSE × 1,000)", better="lower")

# %% [markdown] lang="en"
# How to read it: each row is a network and each dot a seed, and further left is better. Without gates the static stays in.
# Lesson 3's layer does not care about the order, and with 544 parameters for its gates it solves the task almost
# completely. ECA has **three**: beside each other they take away most of the error, and scattered about half.
#
# Why do they take away any of it, with strangers for neighbours? Find out by hand.
#
# ## Three weights by hand
#
# In the demo the sliders are the three weights of *your* layer. On the left are the averages and the gates of one scene. On
# the right is what the four speakers say, and what is heard of them: the mean of each speaker's microphones behind the
# gates. One volume for all scenes is chosen so that the error gets smallest; otherwise half-open gates would look bad only
# because they make everything quieter. "Best weights" is the smallest error that the sliders can give. The networks above
# get below it, for they trained their 1×1 convolution too.
#
# Move the own channel first, then one neighbour, then both. *Predict: how far do you get with the own channel alone? And
# what will your best weights be worth when the microphones are scattered?*
#
# <details><summary>The demo as a picture</summary>
#
# ![Left, sixteen bars for the averages of the microphones, four of them hatched and marked as broken; below, their gates. On
# the right four garments as said and as heard, nearly alike, and three bars for the errors: with these weights it is a
# fraction of that without gates.](cross_channel_interaction.png)
#
# </details>

# %% [markdown] lang="ko"
# 읽는 법은 이렇습니다. 한 줄이 신경망 하나, 점 하나가 시드(seed) 하나이고, 왼쪽일수록 좋습니다. 게이트가 없으면 잡음이
# 그대로 남습니다. 레슨 3의 층은 순서와 상관없이 게이트의 파라미터 544개로 문제를 거의 다 풉니다. 그런데 ECA의
# 파라미터는 **세 개**뿐입니다. 이 세 개로 마이크가 나란히 놓이면 오차를 대부분 없애고, 흩어지면 절반쯤 없앱니다.
#
# 이웃이 모두 남인데도 어떻게 절반을 없앨까요? 손으로 직접 찾아봅시다.
#
# ## 손으로 정하는 가중치 세 개
#
# 데모의 슬라이더는 **여러분의 층**에 있는 가중치 세 개입니다. 왼쪽은 한 장면의 평균과 게이트입니다. 오른쪽은 네 사람이
# 말한 것과, 게이트를 지난 뒤 들리는 것인데, 들리는 것은 사람마다 마이크 네 개를 평균한 것입니다. 소리 크기는 오차가
# 가장 작아지도록 모든 장면에 하나로 맞춥니다. 그러지 않으면 반쯤 닫힌 게이트는 소리가 작다는 이유만으로 나빠 보입니다.
# "가장 좋은 가중치"는 이 슬라이더로 얻을 수 있는 가장 작은 오차입니다. 위의 신경망은 1×1 합성곱도 함께 학습했으므로 오차가
# 그보다 작습니다.
#
# 자신의 채널의 가중치를 먼저 움직이고, 그다음 이웃 하나, 그다음 둘을 움직여 보세요. **예상해 보세요. 자신의 채널만으로
# 어디까지 갈 수 있을까요? 찾아낸 가중치는 마이크가 흩어졌을 때도 쓸모가 있을까요?**
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![왼쪽 위는 마이크 열여섯 개의 평균을 나타내는 막대이고, 빗금과 ×가 있는 네 개는 고장입니다. 그 아래는 게이트의
# 막대입니다. 오른쪽은 옷 네 벌을 말한 대로와 들리는 대로 그린 것인데 서로 비슷합니다. 오차를 나타내는 막대 세 개 가운데
# 지금 가중치의 오차는 게이트가 없을 때보다 훨씬 작습니다.](cross_channel_interaction.png)
#
# </details>

# %% experiment
from coursekit import live

live.cross_channel_interaction(eca_block)

# %% [markdown] lang="en"
# A microphone's own average does not say whether a loud voice or static is behind it. A neighbour's average tells, if it is
# the right neighbour.
#
# Does training arrive where you did? The last figure shows the three weights of each seed: those of the left neighbour, of the
# gate's own channel, and of the right neighbour.
#
# *Predict the signs of the three weights in both panels.*

# %% [markdown] lang="ko"
# 자기 평균만으로는 큰 목소리인지 잡음인지 알 수 없습니다. 그러나 이웃의 평균과 비교하면 알 수 있습니다. 다만 알맞은
# 이웃이어야 합니다.
#
# 학습한 가중치도 여러분이 찾은 값과 같아질까요? 마지막 그림은 시드마다 가중치 세 개를 보여 줍니다. 차례로 왼쪽 이웃,
# 게이트 자신의 채널, 오른쪽 이웃의 가중치입니다.
#
# **두 그림에서 가중치 세 개의 부호를 예상해 보세요.**

# %% experiment
def kernel_of(model):
    """ECA's three weights: no other weight of the network has this shape.

    ko: ECA의 가중치 세 개. 이 신경망에서 이런 형태의 가중치는 이것뿐입니다.
    """
    return next(np.ravel(weight) for weight in model.weights if np.squeeze(weight).shape == (3,))

kernels = {place: np.array([kernel_of(model) for model in listeners[f"ECA, {place}"]]) for place in ORDERS}
signs = [weight for rows in kernels.values() for weight in (rows[:, 1].mean(), rows[:, [0, 2]].mean())]
title = "Own channel and neighbours: {:+z.1f} and {:+z.1f} side by side, {:+z.1f} and {:+z.1f} scattered".format(*signs)
# ko: title = "가중치 평균(자신의 채널, 이웃): 나란히 {:+z.1f}, {:+z.1f}, 흩어져서 {:+z.1f}, {:+z.1f}".format(*signs)
with sheet(title, 3.4) as figure:
    titles = ("microphones side by side", "microphones scattered")
    # ko: titles = ("마이크가 나란히", "마이크가 흩어져서")
    for ax, (place, rows), title in zip(figure.subplots(1, 2, sharey=True), kernels.items(), titles):
        for seed, row in enumerate(rows):
            ax.bar(np.arange(3) + 0.25 * (seed - 1), row, 0.22, color=PALETTE[seed], label=f"seed {seed}")
            # ko: ax.bar(np.arange(3) + 0.25 * (seed - 1), row, 0.22, color=PALETTE[seed], label=f"시드 {seed}")
        ax.axhline(0, color="black", linewidth=0.8)
        ax.set_xticks(range(3), ["left neighbour", "own channel", "right neighbour"])
        # ko: ax.set_xticks(range(3), ["왼쪽 이웃", "자신의 채널", "오른쪽 이웃"])
        ax.set(title=title, ylabel="weight" if place == "beside" else "")
        # ko: ax.set(title=title, ylabel="가중치" if place == "beside" else "")
    ax.legend(frameon=False)
display(figure)
for place, rows in kernels.items():
    print(f"{network_name(place):10} mean weights", rows.mean(axis=0).round(2))
    # ko: print(f"가중치 평균, {network_name(place)}:", rows.mean(axis=0).round(2))

# %% [markdown] lang="en"
# ## The answer
#
# **Neighbours are enough if they are the right ones.** Beside each other, the kernel has learned to compare: a negative
# weight for the own channel, positive ones for both neighbours. A gate closes when its channel is loud *and the ones next
# to it are not*. Scattered, the weights of the neighbours are almost zero. What is left is "loud closes", lesson 3's
# threshold in disguise, and that is good for about half of the error.
#
# > **What this does not show.** The task was made for this purpose, so that only a comparison solves it, and it was trained
# > with three seeds. It shows what ECA can and cannot see, not that real feature maps are like this stage. The paper's table
# > has one number for each row and no interval, so the 0.01 points between three weights and $C^2$ mean nothing, while its
# > second row, σ of the average with *nothing to learn* in the gate, already brings 0.8 of the 2.2 points.
#
# In a real network nobody lays the channels out: they get their numbers by chance when the weights are drawn. But training
# can arrange them, because the convolution before ECA may learn to put side by side what belongs together. So the order need
# not be a hindrance, though it does not come for free either. Whether the few weights hold their own beside all other blocks,
# lesson 12 measures in one network, with seeds, on Fashion-MNIST.
#
# ## Quiz
#
# <details><summary>1. A map has the shape (batch, 14, 14, 256). How many parameters has <code>eca_block</code>, and how
# many of the 256 averages does one gate see?</summary>
#
# t = (8 + 1) / 2 = 4.5; cut off 4, which is even, so k = 5. Five parameters, and a gate sees five averages: its own and
# two on each side. At both ends some of the five are zeros of the padding.
# </details>
#
# <details><summary>2. A student's ECA for 512 channels has 1,310,720 parameters. What has happened?</summary>
#
# 1,310,720 = 5 · 512 · 512. The reshape to (512, 1) is missing: the convolution runs over a sequence of length 1, reads
# 512 features and has 512 filters, each 5 wide. Four of the five places only ever see padding.
# </details>
#
# <details><summary>3. You shuffle the channels of a trained network's feature map, the same way for every image. With
# which layer can you mend this by shuffling the layer's weights, with lesson 3's or with ECA?</summary>
#
# With lesson 3's: the rows of its first dense layer, the columns and biases of its second one belong to channels and can
# change places with them. ECA's few weights belong to distances between channels, not to channels. No order of five
# numbers undoes a shuffle of 512.
# </details>
#
# ## To read
#
# - Qilong Wang, Banggu Wu, Pengfei Zhu, Peihua Li, Wangmeng Zuo, Qinghua Hu, *ECA-Net: Efficient Channel Attention for Deep
#   Convolutional Neural Networks*, 2020, [arXiv:1910.03151](https://arxiv.org/abs/1910.03151). Section 3 asks the two
#   questions; equation 12 and Figure 3 are the ones of this lesson.
# - The authors' code, [BangguWu/ECANet](https://github.com/BangguWu/ECANet): the sizes of the released networks, and in
#   issues 12 and 14 the question about ties.
# - Jie Hu and others, *Squeeze-and-Excitation Networks*, 2018, [arXiv:1709.01507](https://arxiv.org/abs/1709.01507).
#
# `progress()` shows your points. **Shut down this kernel before the next lesson** (Kernel → Shut Down Kernel).

# %% [markdown] lang="ko"
# ## 답
#
# **알맞은 이웃이라면 이웃만으로 충분합니다.** 나란히 놓였을 때 커널은 비교하는 법을 배웠습니다. 자기 채널의 가중치는
# 음수, 두 이웃의 가중치는 양수입니다. 자기 채널은 크고 **옆 채널은 그렇지 않을 때** 게이트가 닫힙니다. 흩어졌을 때는
# 이웃의 가중치가 거의 0입니다. 남은 것은 "크면 닫는다"뿐이어서 레슨 3의 임계값과 다르지 않고, 그것만으로 오차의
# 절반쯤이 없어집니다.
#
# > **아직 알 수 없는 것.** 비교해야만 풀리도록 일부러 만든 문제를 시드 세 개로 학습했습니다. 이 결과는 ECA가 무엇을 볼 수
# > 있고 무엇을 볼 수 없는지 보여 줄 뿐, 진짜 특징 맵(feature map)이 이 무대와 같다는 뜻은 아닙니다. 논문의 표는 행마다 수가
# > 하나뿐이고 신뢰 구간이 없으므로, 가중치 세 개와 $C^2$개의 차이 0.01%p(퍼센트포인트)는 아무 의미가 없습니다. 반면 두 번째
# > 행에서는 평균에 σ를 적용했을 뿐 게이트에 **학습할 것이 하나도 없는데도** 2.2%p 가운데 0.8%p가 올랐습니다.
#
# 진짜 신경망에서는 채널의 순서를 누가 정해 주지 않습니다. 가중치를 무작위로 초기화할 때 우연히 순서가 정해질 뿐입니다. 다만
# ECA 앞의 합성곱이 서로 관련 있는 채널을 나란히 두도록 학습될 수 있으므로, 학습이 순서를 만들어 갈 수 있습니다. 그러니 순서가
# 꼭 걸림돌이 되지는 않지만, 저절로 해결되는 것도 아닙니다. 이렇게 적은 가중치로 다른 블록들과 견줄 만한지는 레슨 12에서 한
# 신경망에 모든 블록을 넣어 Fashion-MNIST에서 시드를 바꿔 가며 측정합니다.
#
# ## 퀴즈
#
# <details><summary>1. 맵의 형태가 (batch, 14, 14, 256)입니다. <code>eca_block</code>의 파라미터는 몇 개이고, 게이트 하나는
# 평균 256개 가운데 몇 개를 볼까요?</summary>
#
# t = (8 + 1) / 2 = 4.5이고, 소수점 아래를 버리면 4인데 짝수이므로 k = 5입니다. 파라미터는 다섯 개이고, 게이트는 자기 채널과 양쪽
# 두 개씩 모두 다섯 개를 봅니다. 양 끝에서는 그 가운데 일부가 패딩의 0입니다.
# </details>
#
# <details><summary>2. 어떤 학생이 작성한 ECA의 파라미터가 채널 512개에서 1,310,720개입니다. 무슨 일이 있었을까요?</summary>
#
# 1,310,720 = 5 · 512 · 512입니다. (512, 1)로 형태를 바꾸지 않은 것입니다. 합성곱이 길이가 1인 시퀀스에서 특징 512개를
# 읽고, 너비가 5인 필터가 512개 있습니다. 다섯 위치 가운데 네 위치는 언제나 패딩만 봅니다.
# </details>
#
# <details><summary>3. 학습이 끝난 신경망에서 특징 맵의 채널을 모든 이미지에 똑같이 뒤섞습니다. 층의 가중치도 함께 뒤섞어서
# 되돌릴 수 있는 것은 레슨 3의 층일까요, ECA일까요?</summary>
#
# 레슨 3의 층입니다. 첫 번째 Dense 층의 행, 두 번째 Dense 층의 열과 편향은 채널마다 하나씩이므로 채널과 함께 순서를 바꿀
# 수 있습니다. 반면 ECA의 가중치는 채널이 아니라 채널 사이의 거리에 대응합니다. 그래서 수 다섯 개의 순서를 어떻게
# 바꾸어도 채널 512개를 뒤섞은 것을 되돌릴 수 없습니다.
# </details>
#
# ## 더 읽을거리
#
# - Qilong Wang, Banggu Wu, Pengfei Zhu, Peihua Li, Wangmeng Zuo, Qinghua Hu, *ECA-Net: Efficient Channel Attention for Deep
#   Convolutional Neural Networks*, 2020, [arXiv:1910.03151](https://arxiv.org/abs/1910.03151). 3절에 두 가지 질문이 있고, 이
#   레슨에서 쓴 것은 식 12와 그림 3입니다.
# - 저자들의 코드 [BangguWu/ECANet](https://github.com/BangguWu/ECANet). 공개된 신경망의 커널 크기가 있고, 이슈 12와 14에는 두
#   홀수가 똑같이 가까운 경우를 묻는 글이 있습니다.
# - Jie Hu 외, *Squeeze-and-Excitation Networks*, 2018, [arXiv:1709.01507](https://arxiv.org/abs/1709.01507).
#
# `progress()`를 실행하면 점수를 볼 수 있습니다. **다음 레슨으로 가기 전에 이 커널을 종료하세요**(Kernel → Shut Down Kernel).
