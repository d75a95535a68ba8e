# %% [markdown] lang="en"
# # Which, then where
#
# Lesson 3 asked *which* channel matters, and lesson 4 asked *where*. **CBAM** (Woo et al., 2018) asks both, one after the
# other, and each of them twice: once of the averages and once of the maxima. It is among the most copied attention
# blocks, and among the most miscopied.
#
# **Does it matter which question comes first?** The last figure answers with three orders, each trained with several seeds.
# Five exercises, 22 points, about <!-- minutes --> minutes.

# %% [markdown] lang="ko"
# # 무엇을, 그다음 어디를
#
# 레슨 3은 **어떤** 채널이 중요한지, 레슨 4는 **어디**가 중요한지 물었습니다. **CBAM**(Woo 등, 2018)은 두 질문을 차례로
# 하되, 질문마다 평균에 한 번, 최댓값에 한 번, 모두 두 번씩 묻습니다. CBAM은 가장 많이 베껴 쓰는 어텐션 블록 가운데
# 하나이고, 잘못 베끼는 일도 그만큼 많습니다.
#
# **어느 질문을 먼저 하는지가 중요할까요?** 세 가지 순서로 시드(seed)를 바꿔 가며 학습해 마지막 그림에서
# 답합니다. 연습 문제 5개, 22점, 약 <!-- minutes -->분 분량입니다.

# %% [markdown] lang="en"
# **After this lesson** you can share one layer between two inputs, put two attentions in sequence, and tell what
# their order changes. **You need** lessons 3 and 4; lesson 2 for the experiment.

# %% [markdown] lang="ko"
# **이 레슨을 마치면** 층 하나를 두 입력에 함께 쓰고, 두 어텐션을 이어 놓고, 순서가 무엇을 바꾸는지 설명할 수
# 있습니다. **먼저** 레슨 3과 4를 마치고, 실험을 위해 레슨 2를 알아야 합니다.

# %%
from autograder import check, hint, progress, start, your_turn

start("6-cbam")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% [markdown] lang="en"
# ## What an average overlooks
#
# A squeeze turns a whole channel into one number, and different channels can get the same one. The next figure shows four
# channels, and above each of them its average and its maximum.
#
# *Predict: which of the four look alike to a layer that knows only the averages? And to one that knows only the maxima?*

# %% [markdown] lang="ko"
# ## 평균이 놓치는 것
#
# 스퀴즈(squeeze)는 채널 전체를 수 하나로 줄이므로, 서로 다른 채널이 같은 수가 될 수도 있습니다. 다음 그림은 채널 네 개를
# 보여 주고, 그 위에 평균과 최댓값을 적었습니다.
#
# **예상해 보세요. 평균만 보는 층으로는 넷 가운데 어느 것을 구별할 수 없을까요? 최댓값만 보는 층으로는 어떨까요?**

# %% experiment
from coursekit.data import load_fashion_mnist
from coursekit.plots import comparison, curves, image_grid, image_row

data = load_fashion_mnist()
_, (test_images, test_labels) = data
one_of_each = [np.flatnonzero(test_labels == label)[2] for label in range(10)]
garments = test_images[one_of_each] / np.float32(255)

coat = garments[4] / garments[4].max()
faint, square, pixel = coat / 4, np.zeros_like(coat), np.zeros_like(coat)
side = int(np.ceil(np.sqrt(faint.sum())))
square[4 : 4 + side, 4 : 4 + side] = faint.sum() / side**2  # the same sum, in one place
# ko: # 합은 같고 한곳에 모여 있습니다
pixel[14, 14] = 1
channels = {"faint coat": faint, "bright square": square, "coat": coat, "one pixel": pixel}
# ko: channels = {"희미한 코트": faint, "밝은 사각형": square, "코트": coat, "픽셀 하나": pixel}
titles = [f"{name}: average {image.mean():.3f}, maximum {image.max():.2f}" for name, image in channels.items()]
# ko: titles = [f"{name}: 평균 {image.mean():.3f}, 최댓값 {image.max():.2f}" for name, image in channels.items()]
image_row(np.stack(list(channels.values())), titles, "Neither the average nor the maximum tells all four apart")
# ko: image_row(np.stack(list(channels.values())), titles, "평균만으로도, 최댓값만으로도 넷을 모두 구별할 수는 없습니다")

# %% [markdown] lang="en"
# The faint coat and the bright square have the same average, although one is weak everywhere and the other strong in one
# place. To the maximum, in turn, square, coat and pixel look nearly alike, so only both numbers together tell all four apart.
#
# That is CBAM's first idea: **squeeze twice**. Its second idea is to do so in both directions, over the positions and over
# the channels.
#
# ```text
# F ──► channel attention ──► F' ──► spatial attention ──► F''
#       which channels?               where?
# ```
#
# $$F' = M_c(F) \odot F \qquad\qquad F'' = M_s(F') \odot F'$$
#
# ## Which: averages and maxima through one bottleneck
#
# $$M_c(F) = \sigma\Big(W_1\,\mathrm{ReLU}\big(W_0\,\mathrm{avg}(F)\big) + W_1\,\mathrm{ReLU}\big(W_0\max(F)\big)\Big)$$
#
# | step | averages | maxima |
# |---|---|---|
# | feature map $F$ | (batch, H, W, C) | the same |
# | global pooling over height and width | (batch, 1, 1, C) | (batch, 1, 1, C) |
# | $W_0$ with bias, then ReLU; $m$ = max(1, C // ratio) units | (batch, 1, 1, m) | (batch, 1, 1, m) |
# | $W_1$ with bias, **no** activation | (batch, 1, 1, C) | (batch, 1, 1, C) |
# | sum of both, then one sigmoid | (batch, 1, 1, C) | |
#
# Three places to stumble:
#
# - **One bottleneck, used twice.** The paper's figure can be read as two, or as one that takes both vectors side by side,
#   but the formula has one $W_0$ and one $W_1$.
# - **No ReLU on the second layer.** It is easily copied from the first, and then the sum is never negative and no gate
#   below 0.5.
# - **First the sum, then the sigmoid.** The other way round, gates go up to 2.
#
# In ResNet-50 on ImageNet the paper measured a top-1 error of 23.14 % with averages, 23.20 % with maxima and **22.80 %**
# with both (Table 1).

# %% [markdown] lang="ko"
# 희미한 코트는 어디서나 약하고 밝은 사각형은 한 곳에서만 강한데도 둘의 평균은 같습니다. 반면 최댓값으로 보면 사각형과 코트와
# 픽셀이 거의 똑같아 보입니다. 그래서 두 수를 함께 알아야 넷을 모두 구별할 수 있습니다.
#
# 이것이 CBAM의 첫 번째 아이디어, 곧 **두 번 스퀴즈하는 것**입니다. 두 번째 아이디어는 이것을 두 방향으로, 즉 위치를
# 따라서도 채널을 따라서도 하는 것입니다.
#
# ```text
# F ──► 채널 어텐션 ──► F' ──► 공간 어텐션 ──► F''
#       어떤 채널?             어디?
# ```
#
# $$F' = M_c(F) \odot F \qquad\qquad F'' = M_s(F') \odot F'$$
#
# ## 무엇을: 병목(bottleneck) 하나를 지나는 평균과 최댓값
#
# $$M_c(F) = \sigma\Big(W_1\,\mathrm{ReLU}\big(W_0\,\mathrm{avg}(F)\big) + W_1\,\mathrm{ReLU}\big(W_0\max(F)\big)\Big)$$
#
# | 단계 | 평균 | 최댓값 |
# |---|---|---|
# | 특징 맵(feature map) $F$ | (batch, H, W, C) | 같음 |
# | 높이와 너비를 따라 전역 풀링 | (batch, 1, 1, C) | (batch, 1, 1, C) |
# | 편향(bias)이 있는 $W_0$, 그다음 ReLU. 유닛 $m$ = max(1, C // ratio)개 | (batch, 1, 1, m) | (batch, 1, 1, m) |
# | 편향이 있는 $W_1$, 활성화 함수 **없음** | (batch, 1, 1, C) | (batch, 1, 1, C) |
# | 둘의 합, 그다음 시그모이드(sigmoid) 한 번 | (batch, 1, 1, C) | |
#
# 틀리기 쉬운 곳이 세 군데 있습니다.
#
# - **병목 하나를 두 번 씁니다.** 논문의 그림만 보면 병목이 둘이거나, 두 벡터를 이어 붙여 한 번에 넣는
#   것처럼 보이지만, 식에는 $W_0$와 $W_1$이 하나씩입니다.
# - **두 번째 층에는 ReLU가 없습니다.** 첫 번째 층을 복사하다가 따라 들어가기 쉽습니다. 그러면 합이 음수가 될 수 없어서
#   0.5보다 작은 게이트(gate)가 나오지 않습니다.
# - **먼저 더하고, 그다음 시그모이드입니다.** 거꾸로 하면 게이트가 2까지 커집니다.
#
# 논문이 ImageNet의 ResNet-50에서 측정한 top-1 오류율은 평균만 쓰면 23.14%, 최댓값만 쓰면 23.20%, 둘 다 쓰면
# **22.80**%입니다(표 1).

# %% solution="cbam_channel_attention"
def cbam_channel_attention(inputs, ratio=8):
    """Channel attention from each channel's average and maximum, through one shared bottleneck.

    Args:
        inputs: feature map, (batch, height, width, channels).
        ratio: reduction ratio; the bottleneck has channels // ratio units, at least 1.

    Returns:
        The inputs times one gate between 0 and 1 for each channel, in the same shape. The dense layers have a bias.

    ko: 채널마다 구한 평균과 최댓값을 병목 하나에 함께 통과시키는 채널 어텐션.

    인수:
        inputs: 특징 맵, (batch, height, width, channels).
        ratio: 축소 비율. 병목의 유닛은 channels // ratio개(적어도 1개)입니다.

    반환값:
        inputs에 채널마다 0과 1 사이의 게이트를 하나씩 곱한 것. 형태는 그대로이고, Dense 층에는 편향이 있습니다.
    """
    ### BEGIN SOLUTION
    channels = inputs.shape[-1]
    reduce = layers.Dense(max(1, channels // ratio), activation="relu")
    expand = layers.Dense(channels)
    average = layers.GlobalAveragePooling2D(keepdims=True)(inputs)
    largest = layers.GlobalMaxPooling2D(keepdims=True)(inputs)
    scores = layers.Add()([expand(reduce(average)), expand(reduce(largest))])
    return layers.Multiply()([inputs, ops.sigmoid(scores)])
    ### END SOLUTION

# %% check="cbam_channel_attention" points=5
check(cbam_channel_attention)

# %% [markdown] lang="en"
# *Predict: C = 64 and ratio 8. Lesson 3's layer has 1,096 parameters. How many has yours, which squeezes twice?*

# %% [markdown] lang="ko"
# **예상해 보세요. C = 64, ratio 8일 때 레슨 3의 층은 파라미터가 1,096개입니다. 두 번 스퀴즈하는 여러분의 층은 몇 개일까요?**

# %% experiment
from autograder import predict

predict("squeezed_twice")

# %% experiment
def parameters(block, channels, **options):
    """How many parameters a block has on a map with this many channels.

    ko: 채널이 이만큼인 맵에서 블록의 파라미터 수
    """
    x = keras.Input((14, 14, channels))
    return keras.Model(x, block(x, **options)).count_params()

for ratio in (8, 16):
    print(f"C = 64, ratio {ratio:2}: {parameters(cbam_channel_attention, 64, ratio=ratio):,} parameters")
    # ko: print(f"C = 64, ratio {ratio:2}: 파라미터 {parameters(cbam_channel_attention, 64, ratio=ratio):,}개")

# %% [markdown] lang="en"
# The same 1,096: the second squeeze is free, because the bottleneck is shared. With two bottlenecks it would be 2,192, and
# by this number `check` tells them apart.
#
# The ratio is 16 in the paper. One of our sources takes 8, and so do we, because our maps have few channels.
#
# **With bias or without?** The paper's equation shows none, but its table gives ResNet-50 with CBAM 28.09 million
# parameters, and without biases it would be 28.07. The authors' code has them, and so do we; timm leaves them out.
#
# ## Where: two maps for the convolution
#
# Lesson 4's convolution read all C channels and needed weights for each. CBAM squeezes the channels first, again twice, and
# lets the convolution read the two maps that remain:
#
# $$M_s(F') = \sigma\Big(f^{7\times 7}\big(\big[\mathrm{avg}_c(F');\ \max\nolimits_c(F')\big]\big)\Big)$$
#
# | step | shape |
# |---|---|
# | average and maximum over the channels | twice (batch, H, W, 1) |
# | concatenation, the average first | (batch, H, W, 2) |
# | convolution $k \times k$ to one channel, no bias | (batch, H, W, 1) |
# | sigmoid: one gate for each position | (batch, H, W, 1) |
#
# No Keras layer averages over channels; `ops.mean` and `ops.max` do, with `keepdims=True`. (`keras.backend.mean`, which
# older articles use, is gone in Keras 3.)
#
# **Which one first?** The paper's equation has the average first, its Figure 2 and the authors' code the maximum. For
# training it is all the same, since the kernel is learned, but for weights that are copied from one to the other it is not.
# We take the equation's order, and `check` insists on it.

# %% [markdown] lang="ko"
# 똑같이 1,096개입니다. 병목을 함께 쓰므로 두 번째 스퀴즈에는 파라미터가 들지 않습니다. 병목이 둘이라면 2,192개이고,
# `check`는 이 수로 둘을 구별합니다.
#
# 비율(ratio)은 논문에서 16이고, 이 강의가 참고한 글 하나는 8을 씁니다. 우리도 맵의 채널이 적으므로 8을 씁니다.
#
# **편향이 있을까요, 없을까요?** 논문의 식에는 없습니다. 그런데 논문의 표에서 CBAM이 있는 ResNet-50은 파라미터가
# 2,809만 개이고, 편향이 없다면 2,807만 개여야 합니다. 저자들의 코드에도 편향이 있으므로 우리도 둡니다. timm에는 없습니다.
#
# ## 어디를: 합성곱이 읽는 맵 두 장
#
# 레슨 4의 합성곱은 채널 C개를 모두 읽으므로 채널마다 비용이 들었습니다. CBAM은 먼저 채널을, 이번에도 두 번 스퀴즈하고,
# 합성곱은 남은 맵 두 장만 읽습니다.
#
# $$M_s(F') = \sigma\Big(f^{7\times 7}\big(\big[\mathrm{avg}_c(F');\ \max\nolimits_c(F')\big]\big)\Big)$$
#
# | 단계 | 형태 |
# |---|---|
# | 채널을 따라 평균과 최댓값 | (batch, H, W, 1) 두 장 |
# | 이어 붙이기, 평균이 먼저 | (batch, H, W, 2) |
# | 채널 하나로 만드는 $k \times k$ 합성곱, 편향 없음 | (batch, H, W, 1) |
# | 시그모이드: 위치마다 게이트 하나 | (batch, H, W, 1) |
#
# 채널을 따라 평균을 내는 Keras 층은 없습니다. `keepdims=True`와 함께 `ops.mean`과 `ops.max`를 쓰세요. (오래된 글에 나오는
# `keras.backend.mean`은 Keras 3에 없습니다.)
#
# **어느 것이 먼저일까요?** 논문의 식에는 평균이 먼저, 그림 2와 저자들의 코드에는 최댓값이 먼저 나옵니다. 커널은 학습하는
# 것이므로 학습할 때는 차이가 없습니다. 그러나 한쪽의 가중치를 다른 쪽에 복사한다면 달라집니다. 우리는 식의 순서를 따르고,
# `check`도 그 순서만 받아들입니다.

# %% solution="cbam_spatial_attention"
def cbam_spatial_attention(inputs, kernel_size=7):
    """Spatial attention from the average and the maximum of the channels at each position.

    Args:
        inputs: feature map, (batch, height, width, channels).
        kernel_size: side of the convolution's kernel, an odd number.

    Returns:
        The inputs times one gate between 0 and 1 for each position, in the same shape. The convolution reads the
        average before the maximum, and has no bias.

    ko: 위치마다 구한 채널의 평균과 최댓값으로 만드는 공간 어텐션.

    인수:
        inputs: 특징 맵, (batch, height, width, channels).
        kernel_size: 합성곱 커널의 한 변, 홀수.

    반환값:
        inputs에 위치마다 0과 1 사이의 게이트를 하나씩 곱한 것. 형태는 그대로입니다. 합성곱은 평균을 최댓값보다 먼저
        읽고, 편향이 없습니다.
    """
    ### BEGIN SOLUTION
    average = ops.mean(inputs, axis=-1, keepdims=True)
    largest = ops.max(inputs, axis=-1, keepdims=True)
    pooled = layers.Concatenate()([average, largest])
    gates = layers.Conv2D(1, kernel_size, padding="same", use_bias=False, activation="sigmoid")(pooled)
    return layers.Multiply()([inputs, gates])
    ### END SOLUTION

# %% check="cbam_spatial_attention" points=5
check(cbam_spatial_attention)

# %% [markdown] lang="en"
# What do the two maps show? The next cell gives four garments to four fixed filters, each of which answers to edges in one
# direction, and squeezes the four channels. *Predict: which map is brighter along a single sharp edge, the average or the
# maximum?*

# %% [markdown] lang="ko"
# 두 맵에는 무엇이 보일까요? 다음 셀은 옷 네 벌을 방향마다 하나씩 있는 고정된 에지(edge) 필터 네 개에 통과시키고, 그 네
# 채널을 스퀴즈합니다. **예상해 보세요. 뚜렷한 에지 하나를 따라서 더 밝은 맵은 평균일까요, 최댓값일까요?**

# %% experiment
down = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]) / 4  # answers where it gets brighter from top to bottom
# ko: # 위에서 아래로 밝아지는 곳에 반응합니다
filters = np.stack([down, -down, down.T, -down.T], axis=-1)[:, :, None, :].astype("float32")
shown = garments[[1, 4, 8, 9]]
edges = np.array(ops.relu(ops.conv(shown[..., None], filters, padding="same")))
rows = {"image": shown, "average of 4 channels": edges.mean(axis=-1), "maximum of 4 channels": edges.max(axis=-1)}
# ko: rows = {"이미지": shown, "채널 4개의 평균": edges.mean(axis=-1), "채널 4개의 최댓값": edges.max(axis=-1)}
times = edges.max(axis=-1).mean() / edges.mean(axis=-1).mean()
image_grid(rows, f"Two squeezes of the same edges: one map is {times:.1f} times as bright as the other", (0, 1))
# ko: image_grid(rows, f"같은 에지를 두 번 스퀴즈하면 한 맵이 다른 맵보다 {times:.1f}배 밝습니다", (0, 1))

# %% experiment
for kernel_size in (7, 3):
    print(f"k = {kernel_size}: {parameters(cbam_spatial_attention, 64, kernel_size=kernel_size)} parameters, whatever C is")
    # ko: print(f"k = {kernel_size}: C와 상관없이 파라미터 {parameters(cbam_spatial_attention, 64, kernel_size=kernel_size)}개")

# %% [markdown] lang="en"
# The maximum map is brighter along every edge, because one channel that answers is enough for it; the average says how
# *many* channels answer. To read both takes 7 · 7 · 2 = **98** weights, where lesson 4's layer has 3,137 for C = 64.
#
# **The authors' code departs from the paper's text here.** It has a batch normalisation between convolution and sigmoid
# (2 parameters more), and starts its scale at 0. So all spatial gates are exactly 0.5 when training begins. The text
# mentions neither, and our exercise follows the text.
#
# ## Or four small ones
#
# One of our sources says of the 7×7 convolution that you may change it as you like, as long as one channel comes out at the
# end. It does so itself, with four 3×3 convolutions in a row of 64, 32, 16 and 1 filters, ReLU between them, and no bias.
#
# *Predict, on paper: how many weights has the stack? How wide is what one gate sees, in pixels: less or more than 7?*

# %% [markdown] lang="ko"
# 최댓값 맵이 모든 에지에서 더 밝습니다. 채널 하나만 반응해도 충분하기 때문입니다. 반면 평균은 **얼마나 많은** 채널이
# 반응하는지 말해 줍니다. 둘을 모두 읽는 데 가중치가 7 · 7 · 2 = **98개** 들고, 레슨 4의 층은 C = 64일 때 3,137개였습니다.
#
# **저자들의 코드는 여기서 논문의 본문과 다릅니다.** 합성곱과 시그모이드 사이에 배치 정규화(batch normalization)가
# 있고(파라미터 2개가 늘어납니다), 그 스케일(scale, γ)이 0에서 출발합니다. 그래서 학습을 시작할 때 공간 게이트는 모두
# 정확히 0.5입니다. 논문의 본문에는 둘 다 나오지 않으며, 연습 문제는 본문을 따릅니다.
#
# ## 또는 작은 합성곱 네 개
#
# 이 강의가 참고한 글 하나는 7×7 합성곱을 두고, 마지막에 채널이 하나만 나오면 마음대로 바꾸어도 된다고 합니다. 그리고
# 실제로 필터가 64, 32, 16, 1개인 3×3 합성곱 네 개를 이은 것으로 바꾸는데, 사이에는 ReLU를 두고 편향은 모두 없앴습니다.
#
# **종이에 계산하면서 예상해 보세요. 이 네 층의 가중치는 모두 몇 개일까요? 게이트 하나는 가로세로로 몇 픽셀을 볼까요?
# 7보다 적을까요, 많을까요?**

# %% solution="stacked_spatial_attention"
def stacked_spatial_attention(inputs, kernel_size=3):
    """CBAM's spatial attention with four small convolutions in place of the large one.

    Args:
        inputs: feature map, (batch, height, width, channels).
        kernel_size: side of each convolution's kernel, an odd number.

    Returns:
        The inputs times one gate between 0 and 1 for each position, in the same shape.

    ko: 큰 합성곱 하나 대신 작은 합성곱 네 개를 쓰는 CBAM의 공간 어텐션.

    인수:
        inputs: 특징 맵, (batch, height, width, channels).
        kernel_size: 각 합성곱 커널의 한 변, 홀수.

    반환값:
        inputs에 위치마다 0과 1 사이의 게이트를 하나씩 곱한 것. 형태는 그대로입니다.
    """
    ### BEGIN SOLUTION
    average = ops.mean(inputs, axis=-1, keepdims=True)
    largest = ops.max(inputs, axis=-1, keepdims=True)
    x = layers.Concatenate()([average, largest])
    for filters in (64, 32, 16):
        x = layers.Conv2D(filters, kernel_size, padding="same", use_bias=False, activation="relu")(x)
    gates = layers.Conv2D(1, kernel_size, padding="same", use_bias=False, activation="sigmoid")(x)
    return layers.Multiply()([inputs, gates])
    ### END SOLUTION

# %% check="stacked_spatial_attention" points=4
check(stacked_spatial_attention)

# %% [markdown] lang="en"
# The next cell counts both, and asks both layers how far they see, as in lesson 4: it changes one position of a map of ones
# and marks the gates that notice.

# %% [markdown] lang="ko"
# 다음 셀은 둘의 파라미터를 세고, 레슨 4에서처럼 두 층이 얼마나 멀리 보는지 확인합니다. 모든 값이 1인 맵에서 한 위치만
# 바꾸고, 그 때문에 달라진 게이트를 표시합니다.

# %% experiment
def noticed(block):
    """Which gates of an untrained block change when the middle of a map of ones changes, (15, 15).

    ko: 1로 채운 맵의 가운데가 바뀌면 학습하지 않은 블록의 어느 게이트가 바뀌는지, (15, 15)
    """
    keras.utils.set_random_seed(1)
    x = keras.Input((15, 15, 4))
    model = keras.Model(x, block(x))
    ones = np.ones((1, 15, 15, 4), "float32")
    changed = ones.copy()
    changed[:, 7, 7] += 1
    gates = [np.array(model(maps) / maps)[0, ..., 0] for maps in (ones, changed)]  # the output is the map times its gates
    # ko: # 출력은 맵에 게이트를 곱한 것입니다
    return np.abs(gates[1] - gates[0]) > 1e-6

blocks = {"one 7×7": cbam_spatial_attention, "four 3×3": stacked_spatial_attention}
# ko: blocks = {"7×7 하나": cbam_spatial_attention, "3×3 네 개": stacked_spatial_attention}
fields = {name: noticed(block) for name, block in blocks.items()}
titles = [f"{name}: {field.sum()} gates, {parameters(blocks[name], 64):,} parameters" for name, field in fields.items()]
# ko: titles = [f"{name}: 게이트 {field.sum()}개, 파라미터 {parameters(blocks[name], 64):,}개" for name, field in fields.items()]
title = "In the middle row {} gates notice with one kernel, {} with four".format(*(field[7].sum() for field in fields.values()))
# ko: title = "가운데 행에서 커널이 하나면 게이트 {}개, 네 개면 {}개가 달라집니다".format(*(field[7].sum() for field in fields.values()))
image_row([field.astype(float) for field in fields.values()], titles, title)

# %% [markdown] lang="en"
# The stack has 9 · (2·64 + 64·32 + 32·16 + 16·1) = **24,336** weights against 98. Each 3×3 convolution lets a gate see one
# pixel farther on each side, which makes 1 + 4 · 2 = **9** pixels against 7, and with three ReLUs in between the gate need
# not be a weighted sum.
#
# Is that worth 248 times the parameters? The source does not measure it, and in the paper (Table 2) even the step from a 3×3
# to a 7×7 kernel changes the error only from 22.68 to 22.66 %.
#
# ## Both together
#
# Now comes the block, in which the second half reads **what the first half gives**. If it reads $F$ instead of $F'$, the two
# become parallel, and that is one of the commonest slips in copies of CBAM.

# %% [markdown] lang="ko"
# 네 층의 가중치는 9 · (2·64 + 64·32 + 32·16 + 16·1) = **24,336개**이고, 7×7 합성곱은 98개입니다. 3×3 합성곱을 하나 지날
# 때마다 게이트는 사방으로 한 픽셀씩 더 멀리 보므로, 모두 1 + 4 · 2 = **9픽셀**로 7픽셀보다 넓게 봅니다. 그리고 사이에
# ReLU가 세 번 있어서 게이트는 단순한 가중합이 아니어도 됩니다.
#
# 파라미터를 248배 쓸 만한 일일까요? 참고한 글에는 측정 결과가 없고, 논문(표 2)에서는 커널을 3×3에서 7×7로 키워도
# 오류율이 22.68%에서 22.66%로 바뀔 뿐입니다.
#
# ## 둘을 함께
#
# 이제 만들 블록에서는 뒤의 어텐션이 **앞의 어텐션이 낸 결과**를 읽습니다. $F'$가 아니라 $F$를 읽으면 두 어텐션이
# 병렬로 놓이는데, 이것은 CBAM을 베낀 코드에서 가장 흔한 실수 가운데 하나입니다.

# %% solution="cbam_block"
def cbam_block(inputs, ratio=8):
    """CBAM: channel attention first, then spatial attention on the refined map.

    Args:
        inputs: feature map, (batch, height, width, channels).
        ratio: reduction ratio of the channel attention; the spatial attention keeps its default kernel.

    Returns:
        Feature map of the same shape.

    ko: CBAM: 먼저 채널 어텐션, 그다음 그 결과로 얻은 맵에 공간 어텐션.

    인수:
        inputs: 특징 맵, (batch, height, width, channels).
        ratio: 채널 어텐션의 축소 비율. 공간 어텐션은 커널 크기의 기본값을 씁니다.

    반환값:
        형태가 같은 특징 맵.
    """
    ### BEGIN SOLUTION
    refined = cbam_channel_attention(inputs, ratio)
    return cbam_spatial_attention(refined)
    ### END SOLUTION

# %% check="cbam_block" points=4
check(cbam_block)

# %% [markdown] lang="en"
# `parameters(cbam_block, 64)` gives 1,096 + 98 = 1,194. The authors' code has 680 on 64 channels, because its ratio is 16 and
# the batch normalisation is there, too.
#
# ## Behind a whole network
#
# Where does the block go? In the paper it goes into **every** residual block, at the end of the branch and before the
# addition, as in lesson 4. One of our sources puts it in one place only, behind all of VGG16, and uses the stack for
# *where*. That is the network you build now. VGG16 comes from `keras.applications`, and `backbone` lets you, and the check,
# put another network in its place.
#
# *Predict: VGG16 without its classifier has 14,714,688 parameters and gives 512 channels. What does the attention add?*

# %% [markdown] lang="ko"
# `parameters(cbam_block, 64)`는 1,096 + 98 = 1,194입니다. 저자들의 코드는 ratio가 16이고 배치 정규화가 있어서
# 64채널에서 680개입니다.
#
# ## 신경망 전체의 뒤에
#
# 블록은 어디에 둘까요? 논문에서는 레슨 4에서처럼 **모든** 잔차 블록(residual block)의 브랜치(branch) 끝, 덧셈 앞에
# 둡니다. 이 강의가 참고한 글 하나는 VGG16 전체의 뒤, 한 곳에만 두고, 공간 어텐션으로는 합성곱 네 개짜리를 씁니다. 이제
# 그 신경망을 만듭니다. VGG16은 `keras.applications`에 있고, `backbone` 인수로 다른 신경망을 넣을 수도 있습니다. 확인할
# 때도 그렇게 합니다.
#
# **예상해 보세요. 분류기를 뺀 VGG16은 파라미터가 14,714,688개이고 채널 512개를 냅니다. 어텐션을 넣으면 파라미터가 몇 개
# 늘어날까요?**

# %% experiment
predict("vgg16_and_attention")

# %% solution="vgg16_cbam"
def vgg16_cbam(input_shape, backbone=keras.applications.VGG16):
    """A network of `keras.applications` without its classifier, and attention behind it.

    Args:
        input_shape: (height, width, channels) of one image.
        backbone: function that makes the network; its weights are to be untrained (weights=None).

    Returns:
        keras.Model from images to feature maps; VGG16's are (batch, height / 32, width / 32, 512). Both attentions keep
        the defaults of their arguments.

    ko: 분류기를 뺀 `keras.applications`의 신경망과 그 뒤의 어텐션.

    인수:
        input_shape: 이미지 한 장의 (height, width, channels).
        backbone: 신경망을 만드는 함수. 학습하지 않은 가중치를 씁니다(weights=None).

    반환값:
        이미지에서 특징 맵을 내는 keras.Model. VGG16이면 (batch, height / 32, width / 32, 512). 두 어텐션은 모두
        인수의 기본값을 씁니다.
    """
    ### BEGIN SOLUTION
    images = keras.Input(input_shape)
    features = backbone(include_top=False, weights=None, input_shape=input_shape)(images)
    refined = cbam_channel_attention(features)
    return keras.Model(images, stacked_spatial_attention(refined))
    ### END SOLUTION

# %% check="vgg16_cbam" points=4
check(vgg16_cbam)

# %% [markdown] lang="en"
# **A head.** Your network ends in a map. To become a classifier it needs a *head* that makes one score for each class of
# it, and each of the two usual heads throws something away. Global average pooling keeps one mean for each channel and
# forgets *where*: shuffle the 49 positions, and the answer stays. `Flatten` keeps every value, but its dense layer has
# weights of its own for each position, and has to learn the same thing anew for every place.
#
# The [post](https://cocoinit23.com/keras-channel-attention-spatial-attention/) (in Japanese) that this network is from
# puts attention in between so that less gets lost. The gates bring no place back, but they decide what goes into the
# mean: behind a spatial gate it is a weighted one. Mind that `weights=None` means untrained; `weights="imagenet"` would
# load trained weights for VGG16, and leave the attention untrained. *Predict: how many times as many parameters has the
# larger head?*

# %% [markdown] lang="ko"
# **분류기로 만들기.** 여러분의 신경망은 맵으로 끝납니다. 분류기가 되려면 이 맵에서 클래스마다 점수를 하나씩 내는 헤드(head)가 있어야
# 하는데, 흔히 쓰는 두 헤드는 저마다 무언가를 버립니다. 전역 평균 풀링(global average pooling)은 채널마다 평균 하나만 남기고
# **어디**인지를 잊습니다. 그래서 위치 49곳을 뒤섞어도 답이 같습니다. `Flatten`은 모든 값을 남기지만, 그 뒤의 Dense 층은 위치마다
# 가중치를 따로 두므로 같은 것을 위치마다 새로 배워야 합니다.
#
# 이 신경망이 나온 [일본어 글](https://cocoinit23.com/keras-channel-attention-spatial-attention/)은 잃는 것을 줄이려고 그 사이에
# 어텐션을 넣습니다. 게이트가 위치를 되찾아 주지는 않지만 평균에 무엇이 들어갈지는 정합니다. 공간 게이트 뒤에서 구한 평균은 가중 평균이기
# 때문입니다. `weights=None`은 학습하지 않았다는 뜻입니다. `weights="imagenet"`이라면 VGG16의 학습된 가중치를 읽어 오지만, 어텐션은
# 여전히 학습하지 않은 상태입니다. **예상해 보세요. 큰 헤드의 파라미터는 작은 헤드의 몇 배일까요?**

# %% experiment
network = vgg16_cbam((224, 224, 3))
for summary in (layers.GlobalAveragePooling2D(), layers.Flatten()):
    scores = layers.Dense(10, activation="softmax")
    classifier = keras.Model(network.input, scores(summary(network.output)))
    kept, head = classifier.layers[-2].output.shape[-1], scores.count_params()
    print(f"keeps {kept:>6,} numbers, head {head:>7,} parameters, output {classifier.output_shape}: {type(summary).__name__}")
    # ko: print(f"남긴 숫자 {kept:>6,}개, 헤드의 파라미터 {head:>7,}개, 출력 {classifier.output_shape}: {type(summary).__name__}")
del network, classifier  # 60 MB
# ko: # 60MB

# %% experiment
network = vgg16_cbam((224, 224, 3))
which, where = parameters(cbam_channel_attention, 512), parameters(stacked_spatial_attention, 512)
print(f"VGG16 {network.count_params() - which - where:,} + channel {which:,} + spatial {where:,}")
# ko: print(f"VGG16 {network.count_params() - which - where:,} + 채널 {which:,} + 공간 {where:,}")
print(f"in all {network.count_params():,}, output {network.output_shape}")
# ko: print(f"모두 {network.count_params():,}개, 출력 {network.output_shape}")
del network  # 60 MB

# %% [markdown] lang="en"
# The larger head has about 49 times as many parameters as the smaller one. VGG16 and the attention together have
# 14,714,688 + 66,112 + 24,336 = **14,805,136**, and the output is a map of 7 × 7 positions. On a map that small every
# gate of the stack sees more than half of it, and those in the middle see all.

# %% [markdown] lang="ko"
# 큰 헤드의 파라미터는 작은 헤드의 약 49배입니다. VGG16과 어텐션을 더하면 모두
# 14,714,688 + 66,112 + 24,336 = **14,805,136개**이고, 출력은 7 × 7 맵입니다. 이렇게 작은 맵에서는 어느 게이트나
# 맵을 절반 넘게 보고, 가운데에 있는 게이트는 맵 전체를 봅니다.

# %% [markdown] lang="en"
# ## Bonus: mend this
#
# Here is lesson 5's ECA with two faults from published code. Counting parameters once does not find them: with 16 channels or
# with 128 the number is right, with 64 it is not. *Why? Find both faults and mend them, without looking at your own.* `mend`
# says which aspects are right, but not what is wrong, and gives no points.
#
# <details><summary>Where the faults are from</summary>
#
# ECA's authors were [asked](https://github.com/BangguWu/ECANet/issues/12) about 128 channels, where the formula gives 4, and
# "maybe 4" says a reply. But a kernel of even size has no middle: it sees more neighbours on one side. A
# [collection of models](https://github.com/rinbarpen/NeuroTrain) gives the convolution a bias, which ECA does not have.
# </details>

# %% [markdown] lang="ko"
# ## 보너스: 고쳐 보기
#
# 다음은 레슨 5의 ECA인데 고장 난 곳이 두 군데 있고, 둘 다 공개된 코드에 있던 것입니다. 파라미터를 한 번 세어서는 알 수 없습니다.
# 채널이 16개나 128개일 때는 파라미터 수가 맞고, 64개일 때는 틀립니다. **왜 그럴까요? 여러분의 답을 보지 말고 찾아서 고쳐 보세요.**
# `mend`는 어떤 측면이 맞는지만 알려 주고, 무엇이 틀렸는지는 알려 주지 않습니다. 점수는 없습니다.
#
# <details><summary>어디에 있던 실수인가</summary>
#
# 채널이 128개이면 식에서 4가 나오는데, 이때 어떻게 하느냐는 [질문](https://github.com/BangguWu/ECANet/issues/12)에 아마
# 4일 것이라는 답이 달렸습니다. 그러나 크기가 짝수인 커널에는 가운데가 없어서 한쪽 이웃을 더 많이 읽게 됩니다. 어느
# [모델 모음](https://github.com/rinbarpen/NeuroTrain)에서는 합성곱에 ECA에는 없는 편향(bias)을 두었습니다.
# </details>

# %% experiment
from autograder import mend

def repaired(inputs, b=1, gamma=2):
    """ECA: a gate for each channel, from the averages of its neighbours and its own.

    ko: ECA. 자신과 이웃한 채널의 평균에서 채널마다 게이트를 구합니다.
    """
    channels = inputs.shape[-1]
    size = max(1, int(abs((np.log2(channels) + b) / gamma)))
    gates = layers.GlobalAveragePooling2D()(inputs)
    gates = layers.Reshape((channels, 1))(gates)
    gates = layers.Conv1D(1, size, padding="same", activation="sigmoid")(gates)
    gates = layers.Reshape((1, 1, channels))(gates)
    return layers.Multiply()([inputs, gates])

mend(repaired, "eca_block")

# %% [markdown] lang="en"
# ## Which first?
#
# Back to the question. The paper tried three orders in ResNet-50 on ImageNet, one run each (Table 3, top-1 error): channel,
# then spatial **22.66 %**; spatial, then channel 22.78 %; both at once 22.95 %. On the 50,000 validation images one such
# number alone has a standard error of $\sqrt{0.23 \cdot 0.77 / 50000} = 0.0019$, that is 0.19 points.
#
# We repeat the trial in small, with several seeds. The function `attend_on_branch` is given, and puts any attention at the
# end of the branch. For "side by side" both halves read the same map, and we take the mean of their results, since the paper
# does not say how it joins them.
#
# *Predict: which order wins? By more than the seeds of one network differ?*

# %% [markdown] lang="ko"
# ## 어느 것을 먼저?
#
# 처음 질문으로 돌아갑니다. 논문은 ImageNet의 ResNet-50에서 세 가지를 한 번씩만 학습해 시험했습니다(표 3, top-1 오류율).
# 채널 다음에 공간이면 **22.66%**, 공간 다음에 채널이면 22.78%, 둘을 병렬로 두면 22.95%입니다.
# 검증 이미지 50,000장에서는 이런 수 하나의 표준 오차만 해도 $\sqrt{0.23 \cdot 0.77 / 50000} = 0.0019$, 곧
# 0.19%p(퍼센트포인트)입니다.
#
# 같은 시험을 작게, 여러 시드로 되풀이해 봅시다. 주어진 `attend_on_branch`는 어떤 어텐션이든 브랜치의 끝에 붙여 줍니다.
# 병렬(side by side)일 때는 두 어텐션이 같은 맵을 읽고, 두 결과를 평균합니다. 논문에는 둘을 어떻게 합치는지 나와 있지
# 않기 때문입니다.
#
# **예상해 보세요. 어느 순서가 이길까요? 한 신경망의 시드끼리 나는 차이보다 더 큰 차이로 이길까요?**

# %% given="residual_block resnet"

# %%
def attend_on_branch(attention):
    """A residual block whose branch ends in `attention`, before the addition; `resnet` takes it as its `block`.

    ko: 덧셈 앞에서 브랜치가 `attention`으로 끝나는 잔차 블록. `resnet`이 `block`으로 받습니다.
    """
    def block(x, filters, stride, name):
        branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
        branch = layers.ReLU()(layers.BatchNormalization()(branch))
        branch = layers.Conv2D(filters, 3, padding="same", use_bias=False)(branch)
        branch = attention(layers.BatchNormalization()(branch))
        shortcut = x
        if stride != 1 or x.shape[-1] != filters:
            shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False)(x)
            shortcut = layers.BatchNormalization()(shortcut)
        return layers.ReLU()(layers.Add()([shortcut, branch]))

    return block

def spatial_first(x):
    """The two halves of CBAM in the other order.

    ko: CBAM의 두 어텐션을 반대 순서로 둔 것
    """
    return cbam_channel_attention(cbam_spatial_attention(x))

def side_by_side(x):
    """Both halves read the same map; their results are averaged.

    ko: 두 어텐션이 같은 맵을 읽고, 그 결과를 평균한 것
    """
    return layers.Average()([cbam_channel_attention(x), cbam_spatial_attention(x)])

# %% experiment
from functools import partial

from coursekit.experiments import IMAGE_SHAPE, Budget, classification, means_and_seeds, report

BUDGET = Budget(images=1_000, epochs=4, seeds=1, test_images=500)  # in full: python experiments/lessons.py order
# ko: # 전체 학습: python experiments/lessons.py order
small_resnet = partial(resnet, IMAGE_SHAPE, (1, 1, 1), (8, 16, 32), 10)
orders = {
    "channel, then spatial": cbam_block,
    # ko: "채널 다음에 공간": cbam_block,
    "spatial, then channel": spatial_first,
    # ko: "공간 다음에 채널": spatial_first,
    "side by side": side_by_side,
    # ko: "병렬": side_by_side,
}
builders = {name: partial(small_resnet, block=attend_on_branch(order)) for name, order in orders.items()}
runs = classification(builders, data, BUDGET)
title = "Training loss after {} epochs: channel first {:.2f}, spatial first {:.2f}, side by side {:.2f}"
# ko: title = "{}에포크 뒤의 훈련 손실: 채널이 먼저면 {:.2f}, 공간이 먼저면 {:.2f}, 병렬이면 {:.2f}"
title = title.format(BUDGET.epochs, *(run.history[-1] for run in runs))
curves({run.name: [run.history] for run in runs}, title, "epoch", "training loss (cross-entropy)")
# ko: curves({run.name: [run.history] for run in runs}, title, "에포크", "훈련 손실(교차 엔트로피)")

# %% [markdown] lang="en"
# The network with both side by side has the head start, and one reason is no merit of the order. Untrained gates lie around
# 0.5: two in a row let a quarter through, while the mean of two lets half through, so its branches begin twice as strong.
#
# Does the head start last? One seed and a thousand images are a look, and no measurement. The shipped run has ten times the
# images, several seeds, and the same network without attention as a fourth.

# %% [markdown] lang="ko"
# 병렬로 둔 쪽이 앞서 출발하는데, 그렇게 된 이유 가운데 하나는 순서의 장점과 상관이 없습니다. 학습하지 않은 게이트는 0.5
# 근처에 있습니다. 그래서 둘을 차례로 지나면 4분의 1이 통과하지만 둘을 평균하면 절반이 통과하므로, 병렬일 때는 브랜치가
# 두 배의 세기로 출발합니다.
#
# 이 차이가 끝까지 이어질까요? 시드 하나에 이미지 천 장이므로 측정이라기보다 한번 들여다본 것입니다. 강의에 들어 있는
# 결과는 이미지가 열 배이고 시드가 여러 개이며, 어텐션이 없는 같은 신경망을 하나 더 두었습니다.

# %% experiment
accuracies = report("order", "channel, then spatial", 100)
# ko: =
title = "The means differ by {:.1f} points, the seeds of one network by up to {:.1f}".format(*means_and_seeds(accuracies))
# ko: title = "신경망의 평균끼리는 {:.1f}%p, 한 신경망의 시드끼리는 최대 {:.1f}%p 차이가 납니다".format(*means_and_seeds(accuracies))
comparison(accuracies, title, "accuracy on the test images (%)")
# ko: comparison(accuracies, title, "테스트 이미지의 정확도(%)")

# %% [markdown] lang="en"
# How to read it: each row is a network and each dot a seed, and further right is better. Look first at how far the dots of
# *one* row lie apart, then at the printed differences of the means, and at whether their intervals contain 0.
#
# ## Change a network that has been trained
#
# In the experiment each network was trained in its own order. Now the halves of a network that was trained **channel first**
# change places, while its weights stay as they are. The demo has your two halves in the middle of a small network that comes
# trained with the course. Above it shows the maps that the channel half reads, their averages and maxima, its gates, and
# what it gives; below, the same of the spatial half. A half that is off has all its gates at their mean.
#
# Start with `order`, then switch the halves off in turn. *Predict: does the trained network notice the order? And which
# half would it miss more?*
#
# <details><summary>The demo as a picture</summary>
#
# ![A sneaker in a network with CBAM, spatial half first. Above, sixteen feature maps, their averages as bars and maxima as
# diamonds, sixteen channel gates, and the maps times the gates. Below, the average and the maximum over the channels, the
# map of spatial gates, and the gates over the sneaker. Bars show the probability of each class.](cbam_arrangement.png)
#
# </details>

# %% [markdown] lang="ko"
# 읽는 법은 이렇습니다. 한 줄이 신경망 하나, 점 하나가 시드 하나이고, 오른쪽일수록 좋습니다. 먼저 **한 줄 안에서** 점들이 얼마나
# 떨어져 있는지 보세요. 그다음 출력된 평균의 차이를 읽고, 신뢰 구간에 0이 들어 있는지 보세요.
#
# ## 학습이 끝난 신경망 바꾸기
#
# 앞의 실험에서는 신경망마다 자기 순서로 학습했습니다. 이번에는 **채널을 먼저** 두고 학습한 신경망에서, 가중치는 그대로
# 두고 두 어텐션의 순서만 바꿉니다. 데모는 강의에 들어 있는 학습된 작은 신경망 한가운데에 여러분의 두 함수를 넣습니다.
# 위쪽에는 채널 어텐션이 읽는 맵, 그 평균과 최댓값, 게이트, 채널 어텐션이 내는 맵이 있고, 아래쪽에는 공간 어텐션에 대한
# 것이 같은 순서로 있습니다. 한쪽을 끄면 그쪽 게이트가 모두 평균값이 됩니다.
#
# 먼저 순서(`order`)를 바꾸고, 그다음 한쪽씩 꺼 보세요. **예상해 보세요. 학습된 신경망의 출력은 순서를 바꾸면
# 달라질까요? 어느 쪽을 껐을 때 정확도가 더 떨어질까요?**
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![CBAM이 있는 신경망이 보는 운동화로, 공간 어텐션이 먼저입니다. 위쪽에는 특징 맵 16개, 평균을 나타내는 막대와 최댓값을
# 나타내는 마름모, 채널 게이트 16개, 게이트를 곱한 맵이 있습니다. 아래쪽에는 채널을 따라 구한 평균과 최댓값, 공간 게이트
# 맵, 게이트를 겹친 운동화가 있습니다. 막대는 클래스별 확률입니다.](cbam_arrangement.png)
#
# </details>

# %% experiment
from coursekit import live

live.cbam_arrangement(cbam_channel_attention, cbam_spatial_attention)

# %% [markdown] lang="en"
# The order that a network *learns* with showed no difference. To a network that *has learned*, it matters: each half
# expects what it read in training, so weights from one order do not fit a block of the other. (Side by side, the map also
# gets larger, for one factor below 1 is missing.) The two halves are not equally important, either, though it may be chance
# which one this network can do without.
#
# ## The answer
#
# **Here it does not matter, as far as these seeds can tell.** Where an interval of differences contains 0, they show
# neither a gain nor a loss, and the ends of the interval tell how large a difference could still be.
#
# **And in the paper?** Channel first was ahead by 0.12 points, one run each, where a single accuracy is uncertain by 0.19.
# Both orders were tested on the same images, which makes the difference more certain than that, but nobody knows what
# another seed would have given. "Channel first" is a convention with a small measurement behind it, not a law.
#
# **And CBAM itself?** In the paper (ResNet-50, ImageNet) it lowers the top-1 error from 24.56 to 22.66 %; SE, lesson 3's,
# reaches 23.14 % (Table 4). In an independent comparison of 100 epochs (PytorchInsight), CBAM was ahead of SE in ResNet-50,
# 77.63 against 77.18 % accuracy, and behind it in ResNet-101, 78.35 against 78.47 %. The authors of timm note in their code
# that results with CBAM have been mixed.
#
# > **What this does not show.** It does not show that the orders are equal. Four networks of 8 layers were trained
# > on 10,000 images of Fashion-MNIST for 5 epochs, which is short, so the accuracies are low.
# > A network with attention is not ahead of the one without, either. Lesson 12 asks again with all images and ten seeds:
# > there CBAM's mean is 0.19 points lower, and it gains 0.37 points if its gates start as if they were not there.
# > And the demo shows one network, with one seed.
#
# ## Quiz
#
# <details><summary>1. A student's <code>cbam_channel_attention</code> passes every test on shapes. At C = 64 and ratio 8 it
# has 2,192 parameters. What is wrong, and how many should there be?</summary>
#
# Twice 1,096: the averages and the maxima have a bottleneck each. Make both dense layers once, before the branches, and
# call each of them twice.
# </details>
#
# <details><summary>2. You shuffle the positions of a feature map. Which gates of CBAM stay the same, those of the channels
# or those of the positions?</summary>
#
# The channel gates: neither the average nor the maximum of a channel knows where a value was. The spatial gates change,
# and not only by moving along: the 7×7 convolution sees other neighbours.
# </details>
#
# <details><summary>3. In the authors' code all spatial gates are exactly 0.5 at the start of training. Why, and what does
# it do to the first steps?</summary>
#
# The batch normalisation before the sigmoid begins with scale and shift 0, so the sigmoid gets 0. At first the block is a
# plain factor of one half behind the channel attention, and only when the scale has moved away from 0 does the
# convolution get a gradient and the gates begin to differ.
# </details>
#
# ## To read
#
# - Sanghyun Woo, Jongchan Park, Joon-Young Lee, In So Kweon, *CBAM: Convolutional Block Attention Module*, 2018,
#   [arXiv:1807.06521](https://arxiv.org/abs/1807.06521). Tables 1 to 3 are the choices of this lesson, one by one.
# - The authors' code, [Jongchan/attention-module](https://github.com/Jongchan/attention-module): bias, batch normalisation
#   and the order of the two maps.
# - [timm's CBAM](https://github.com/huggingface/pytorch-image-models/blob/main/timm/layers/cbam.py), with its warning in the
#   first lines.
#
# `progress()` shows your points. **Shut down this kernel before the next lesson** (Kernel → Shut Down Kernel).

# %% [markdown] lang="ko"
# 어느 순서로 **학습하는지에** 따른 차이는 드러나지 않았습니다. 그러나 이미 **학습한** 신경망에서는 순서가 중요합니다.
# 두 어텐션의 가중치는 저마다 학습할 때 읽던 입력에 맞추어져 있으므로, 한 순서로 학습한 가중치는 다른 순서의 블록에
# 맞지 않습니다. (병렬로 두면 1보다 작은 수를 한 번 덜 곱하므로 맵의 값도 커집니다.) 두 어텐션이 똑같이 중요하지도
# 않은데, 이 신경망에 어느 쪽이 없어도 되는지는 우연일지도 모릅니다.
#
# ## 답
#
# **이 시드들로 알 수 있는 한, 여기서는 순서가 중요하지 않습니다.** 차이의 신뢰 구간에 0이 들어 있으면 이득도 손해도
# 드러나지 않은 것이고, 차이가 있다면 얼마까지 가능한지는 신뢰 구간의 양 끝이 말해 줍니다.
#
# **논문에서는 어땠을까요?** 채널을 먼저 둔 쪽이 0.12%p 앞섰습니다. 다만 한 번씩 학습했고, 정확도 하나의 불확실성이
# 0.19%p입니다. 두 순서를 같은 이미지로 시험했으므로 차이는 그보다 확실하지만, 시드가 달랐다면 어땠을지는 알 수
# 없습니다. "채널 먼저"는 법칙이 아니라, 작은 측정 하나에 기댄 관습입니다.
#
# **CBAM 자체는 어떨까요?** 논문(ResNet-50, ImageNet)에서는 CBAM이 top-1 오류율을 24.56%에서 22.66%로 낮추고, 레슨 3의
# SE는 23.14%입니다(표 4). 100에포크(epoch)씩 학습한 독립적인 비교(PytorchInsight)에서 CBAM의 정확도는 ResNet-50에서
# 77.63%로 SE의 77.18%보다 높았고, ResNet-101에서는 78.35%로 SE의 78.47%보다 낮았습니다. timm의 저자들은 CBAM의 결과가
# 들쭉날쭉했다고 코드에 적어 두었습니다.
#
# > **아직 알 수 없는 것.** 순서마다 똑같다고 밝혀진 것은 아닙니다. 8층 신경망 네 가지를 Fashion-MNIST 이미지 10,000장으로
# > 5에포크 동안 학습했는데, 학습이 짧아서 정확도가 낮습니다. 어텐션이 있는 신경망이 없는 신경망보다 앞서지도 않습니다.
# > 레슨 12에서는 이미지 전체와 시드 열 개로 다시 묻습니다. 거기서 CBAM의 평균은 0.19%p 낮지만, 게이트가 없는 것처럼
# > 출발하면 0.37%p 좋아집니다. 데모의 신경망은 시드 하나로 학습한 신경망 하나입니다.
#
# ## 퀴즈
#
# <details><summary>1. 어떤 학생의 <code>cbam_channel_attention</code>은 형태가 모두 맞습니다. 그런데 C = 64, ratio 8에서
# 파라미터가 2,192개입니다. 무엇이 잘못되었고, 몇 개여야 할까요?</summary>
#
# 1,096의 두 배입니다. 평균과 최댓값이 병목을 따로 쓰고 있습니다. 두 Dense 층을 브랜치로 나뉘기 전에 한 번만 만들고,
# 각각 두 번 호출하세요.
# </details>
#
# <details><summary>2. 특징 맵의 위치를 뒤섞습니다. CBAM의 채널 게이트와 공간 게이트 가운데 그대로인 것은
# 무엇일까요?</summary>
#
# 채널 게이트입니다. 채널의 평균도 최댓값도 값이 어디에 있었는지 모릅니다. 공간 게이트는 위치만 따라 옮겨지는 것이
# 아니라 값도 바뀝니다. 7×7 합성곱이 다른 이웃을 보게 되기 때문입니다.
# </details>
#
# <details><summary>3. 저자들의 코드에서는 학습을 시작할 때 공간 게이트가 모두 정확히 0.5입니다. 왜 그렇고, 처음 몇 스텝(step)에 어떤
# 영향을 줄까요?</summary>
#
# 시그모이드 앞의 배치 정규화가 스케일과 시프트(shift, β) 0에서 출발하므로 시그모이드에 0이 들어갑니다. 그래서 처음에
# 공간 어텐션은 채널 어텐션 뒤에서 절반을 곱할 뿐입니다. 스케일이 0에서 벗어나야 합성곱에 기울기(gradient)가 전해지고
# 게이트가 서로 달라지기 시작합니다.
# </details>
#
# ## 더 읽을거리
#
# - Sanghyun Woo, Jongchan Park, Joon-Young Lee, In So Kweon, *CBAM: Convolutional Block Attention Module*, 2018,
#   [arXiv:1807.06521](https://arxiv.org/abs/1807.06521). 표 1~3은 이 레슨의 선택을 하나씩 비교한 것입니다.
# - 저자들의 코드 [Jongchan/attention-module](https://github.com/Jongchan/attention-module). 편향, 배치 정규화, 두 맵의 순서를 볼 수
#   있습니다.
# - [timm의 CBAM](https://github.com/huggingface/pytorch-image-models/blob/main/timm/layers/cbam.py). 처음 몇 줄에 경고가 있습니다.
#
# `progress()`를 실행하면 점수를 볼 수 있습니다. **다음 레슨으로 가기 전에 이 커널을 종료하세요**(Kernel → Shut Down Kernel).
