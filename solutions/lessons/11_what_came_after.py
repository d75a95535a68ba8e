# %% [markdown] lang="en"
# # What came after
#
# By 2018 the recipe looked finished. Squeeze the map to a few numbers, let a few layers score them, put a sigmoid on the
# scores, multiply the map by the result. SE, CBAM, BAM and ECA differ in what they squeeze and how they score, and agree on the
# rest. Then others began to take the recipe apart: one block has nothing to learn, one has no gate, and one adds where the
# others multiply.
#
# **Which part of the recipe can attention not do without?** You write four blocks from 2019 to 2023 that each change or leave
# out a part. The last figure sets them into the whole family and answers.
#
# Four exercises, 21 points, about <!-- minutes --> minutes.

# %% [markdown] lang="ko"
# # 그 뒤에 나온 블록들
#
# 2018년쯤에는 방법이 완성된 것처럼 보였습니다. 맵을 숫자 몇 개로 줄이고, 층 몇 개로 점수를 내고, 점수에 시그모이드(sigmoid)를
# 적용해 맵에 곱합니다. SE, CBAM, BAM, ECA는 무엇을 줄이고 점수를 어떻게 내는지가 다를 뿐, 나머지는 같습니다. 그런데 그 뒤로 이
# 방법을 하나씩 뜯어고치는 블록이 나왔습니다. 학습할 것이 없는 블록도 있고, 게이트(gate)가 없는 블록도 있고, 곱하는 대신 더하는
# 블록도 있습니다.
#
# **어텐션에서 뺄 수 없는 부분은 무엇일까요?** 이 레슨에서는 2019년부터 2023년까지 나온 블록 네 개를 작성합니다. 저마다 어느
# 부분을 바꾸거나 뺐습니다. 마지막 그림은 이 블록들을 다른 블록들과 함께 놓고 답을 보여 줍니다.
#
# 연습 문제 4개, 21점, 약 <!-- minutes -->분 분량입니다.

# %% [markdown] lang="en"
# **After this lesson** you can write four blocks that networks of today use, say what a paper changed when you read its formula, and
# put a block into a trained network without breaking it. **You need** lessons 3 and 10.

# %% [markdown] lang="ko"
# **이 레슨을 마치면** 요즘 신경망이 쓰는 블록 네 개를 작성하고, 논문의 식에서 무엇을 바꾸었는지 읽어 내고, 학습이 끝난 신경망을
# 망가뜨리지 않고 그 안에 블록을 넣을 수 있습니다. **먼저** 레슨 3과 10을 마쳐야 합니다.

# %%
from autograder import check, hint, progress, start, your_turn

start("11-what-came-after")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% [markdown] lang="en"
# ## The recipe
#
# | part | in SE (lesson 3) |
# |---|---|
# | squeeze | the mean of each channel over the whole map |
# | layers that score | two dense layers |
# | sigmoid | a gate between 0 and 1 for each channel |
# | product | the map times its gates |
#
# The squeeze pays the highest price: it forgets *where*. CBAM adds a second attention for that, which in turn forgets *which
# channel*. Coordinate attention (Hou et al., 2021) forgets half at a time.
#
# ## Coordinate attention: rows and columns
#
# It averages each row, and each column. What is left are two strips, one as long as the map is high, the other as long as it is
# wide, and both keep all channels:
#
# $$ z^h_{h,c} = \frac{1}{W} \sum_w x_{h,w,c} \qquad z^w_{w,c} = \frac{1}{H} \sum_h x_{h,w,c} \qquad
# y_{h,w,c} = x_{h,w,c} \; g^h_{h,c} \; g^w_{w,c} $$
#
# | step | shape |
# |---|---|
# | the two strips, the columns' one turned to stand like the rows' | (batch, H, 1, C) and (batch, W, 1, C) |
# | one on top of the other; 1×1 convolution, batch normalisation, hard swish | (batch, H + W, 1, m), with m = max(8, C // ratio) |
# | cut where the rows end; the columns' part turned back | (batch, H, 1, m) and (batch, 1, W, m) |
# | a 1×1 convolution and a sigmoid each: the gates | (batch, H, 1, C) and (batch, 1, W, C) |
#
# **Hard swish** is $x \cdot \mathrm{relu6}(x + 3) / 6$, in Keras `layers.Activation("hard_swish")` or `ops.hard_swish`; you met
# its gate in MobileNetV3. The paper's text says only that the function is not linear, the authors' page says SiLU, and their code has
# hard swish. All convolutions have a bias, and the normalisation has Keras' own settings.

# %% [markdown] lang="ko"
# ## 지금까지의 방법
#
# | 부분 | SE(레슨 3)에서는 |
# |---|---|
# | 스퀴즈(squeeze) | 맵 전체에 걸친 채널별 평균 |
# | 점수를 내는 층 | Dense 층 두 개 |
# | 시그모이드 | 채널마다 0과 1 사이의 게이트 하나 |
# | 곱하기 | 맵에 게이트를 곱함 |
#
# 가장 많은 것을 잃는 부분은 스퀴즈입니다. **어디인지**를 잊어버리기 때문입니다. CBAM은 그래서 두 번째 어텐션을 더했지만, 그
# 어텐션은 **어느 채널인지**를 잊어버립니다. 좌표 어텐션(coordinate attention, Hou 등, 2021)은 한 번에 절반만 잊습니다.
#
# ## 좌표 어텐션: 행과 열
#
# 행마다 평균을 내고, 열마다 평균을 냅니다. 그러면 띠가 두 개 남습니다. 하나는 길이가 맵의 높이와 같고 다른 하나는 너비와 같으며,
# 둘 다 모든 채널을 그대로 지닙니다.
#
# $$ z^h_{h,c} = \frac{1}{W} \sum_w x_{h,w,c} \qquad z^w_{w,c} = \frac{1}{H} \sum_h x_{h,w,c} \qquad
# y_{h,w,c} = x_{h,w,c} \; g^h_{h,c} \; g^w_{w,c} $$
#
# | 단계 | 형태 |
# |---|---|
# | 띠 두 개. 열의 띠는 행의 띠와 같은 방향으로 세움 | (batch, H, 1, C)와 (batch, W, 1, C) |
# | 이어 붙여서 1×1 합성곱, 배치 정규화(batch normalization), 하드 스위시(hard swish) | (batch, H + W, 1, m), m = max(8, C // ratio) |
# | 행이 끝나는 곳에서 자르고, 열의 부분은 다시 눕힘 | (batch, H, 1, m)과 (batch, 1, W, m) |
# | 각각 1×1 합성곱과 시그모이드: 게이트 | (batch, H, 1, C)와 (batch, 1, W, C) |
#
# **하드 스위시**는 $x \cdot \mathrm{relu6}(x + 3) / 6$이고, Keras에서는 `layers.Activation("hard_swish")` 또는
# `ops.hard_swish`입니다. 여기서 $x$에 곱하는 게이트는 MobileNetV3에서 이미 보았습니다. 논문 본문에는 선형이 아닌 함수라고만 적혀 있고,
# 저자들의 소개 글에는 SiLU라고 적혀 있으며, 코드에는 하드 스위시가 있습니다. 합성곱에는 모두 편향(bias)이 있고, 배치 정규화는
# Keras의 기본 설정을 씁니다.

# %% solution="coordinate_attention"
def coordinate_attention(x, ratio=32):
    """Two gates for every channel: one for each row, one for each column.

    Args:
        x: feature map, (batch, height, width, channels).
        ratio: how many times fewer units than channels, unless that were fewer than 8.

    Returns:
        x times both gates, (batch, height, width, channels).

    ko: 채널마다 게이트 두 가지: 행마다 하나, 열마다 하나.

    인수:
        x: 특징 맵, (batch, height, width, channels).
        ratio: 유닛 수가 채널 수의 몇 분의 1인지. 그 값이 8보다 작으면 유닛은 8개입니다.

    반환값:
        x에 두 게이트를 곱한 것, (batch, height, width, channels).
    """
    ### BEGIN SOLUTION
    height, _, channels = x.shape[1:]
    rows = ops.mean(x, axis=2, keepdims=True)
    columns = ops.transpose(ops.mean(x, axis=1, keepdims=True), (0, 2, 1, 3))
    strips = ops.concatenate([rows, columns], axis=1)
    hidden = layers.Conv2D(max(8, channels // ratio), 1)(strips)
    hidden = layers.Activation("hard_swish")(layers.BatchNormalization()(hidden))
    rows, columns = hidden[:, :height], ops.transpose(hidden[:, height:], (0, 2, 1, 3))
    row_gates = layers.Conv2D(channels, 1, activation="sigmoid")(rows)
    column_gates = layers.Conv2D(channels, 1, activation="sigmoid")(columns)
    return x * row_gates * column_gates
    ### END SOLUTION

# %% check="coordinate_attention" points=6
check(coordinate_attention)

# %% [markdown] lang="en"
# *Predict: for one channel, which of these four patterns can a product of row gates and column gates open exactly: a box, a
# cross, two boxes in opposite corners, a diagonal?* The next cell computes the best that such a product can do.

# %% [markdown] lang="ko"
# **예상해 보세요. 채널 하나에서 행의 게이트와 열의 게이트를 곱해 정확히 열 수 있는 무늬는 다음 넷 가운데 무엇일까요? 사각형,
# 십자, 마주 보는 모서리의 사각형 두 개, 대각선입니다.** 다음 셀은 이런 곱이 낼 수 있는 가장 좋은 결과를 구합니다.

# %% experiment
from coursekit.plots import image_grid

wanted = np.zeros((4, 14, 14))
wanted[0, 3:9, 4:12] = 1
wanted[1, 6:8, :] = wanted[1, :, 6:8] = 1
wanted[2, 1:5, 1:5] = wanted[2, 9:13, 9:13] = 1
wanted[3] = np.eye(14)

def best_product(pattern):
    """The row gates times column gates that come nearest to a pattern, by improving one side after the other.

    ko: 한쪽씩 번갈아 고쳐서 찾은, 무늬에 가장 가까운 행 게이트와 열 게이트의 곱
    """
    products = []
    for columns in (pattern[pattern.any(axis=1)][0], pattern.mean(axis=0)):  # two beginnings, the better one counts
    # ko: for columns in (pattern[pattern.any(axis=1)][0], pattern.mean(axis=0)):  # 두 곳에서 시작해 나은 쪽을 고릅니다
        for _ in range(50):
            rows = np.clip(pattern @ columns / (columns @ columns), 0, 1)
            columns = np.clip(rows @ pattern / (rows @ rows), 0, 1)
        products.append(np.outer(rows, columns))
    return min(products, key=lambda product: np.sum((product - pattern) ** 2).round(6))

possible = np.array([best_product(pattern) for pattern in wanted])
missed = ((possible - wanted) ** 2).sum(axis=(1, 2)) / wanted.sum(axis=(1, 2))
print("squared error, as a share of the pattern:", ", ".join(f"{share:.0%}" for share in missed))
# ko: print("무늬에 대한 제곱 오차의 비율:", ", ".join(f"{share:.0%}" for share in missed))
rows = {"wanted": wanted, "best product": possible}
# ko: rows = {"원하는 무늬": wanted, "가장 가까운 곱": possible}
title = f"Row gates times column gates open {(missed < 0.01).sum()} of the four patterns exactly"
# ko: title = f"행 게이트와 열 게이트의 곱은 무늬 네 개 가운데 {(missed < 0.01).sum()}개를 정확히 엽니다"
image_grid(rows, title, (0, 1))

# %% [markdown] lang="en"
# Only the box. For everything else a product has to open too much or too little: of the cross one arm
# turns pale and the other is nearly lost, of the two boxes one is left, of the diagonal a single position. That is the price of
# H + W numbers in the place of H · W. But each channel has gates of its own, so another channel can take the other box.
#
# The authors' README gives ImageNet with MobileNetV2, one run a row: alone 72.3 %, with SE 73.5, with CBAM 73.6, with coordinate
# attention 74.3. With one direction alone, it says, you are back at SE.
#
# > **Mend this.** A TensorFlow port of this block cuts the strip with `tf.split(y, 2, axis=1)`. Its author saw no error. *On
# > which maps does it work, and what happens on the others?* Change that one line in a copy of your function and let `check`
# > tell you.
# >
# > <details><summary>Answer</summary>
# >
# > It cuts in the middle. On square maps, as nearly all benchmarks have, the middle is where the rows end. On a map of 6 × 4 the
# > sixth row is taken for a column, shapes no longer fit, and the network stops; with H + W odd it stops at the split. Cut at
# > `height`.
# > </details>

# %% [markdown] lang="ko"
# 사각형뿐입니다. 나머지는 너무 많이 열거나 너무 적게 열 수밖에 없습니다. 십자의 팔은 하나가 흐릿해지고 다른
# 하나는 거의 사라지며, 사각형 두 개 가운데에서는 하나만 남고, 대각선은 한 위치만 남습니다. 숫자 H · W개 대신 H + W개만 쓴 대가입니다.
# 다만 게이트는 채널마다 따로 있으므로, 다른 사각형은 다른 채널이 맡을 수 있습니다.
#
# 저자들의 README에는 ImageNet에서 MobileNetV2로 얻은 결과가 있습니다. 표의 한 줄이 학습 한 번의 결과이며, 그대로는 72.3%, SE를 넣으면
# 73.5%, CBAM은 73.6%, 좌표 어텐션은 74.3%입니다. 한 방향만 쓰면 다시 SE 수준이 된다고 합니다.
#
# > **고쳐 보세요.** 이 블록을 TensorFlow로 옮긴 어떤 코드는 띠를 `tf.split(y, 2, axis=1)`로 자릅니다. 작성자는 오류를 보지
# > 못했습니다. **이 코드는 어떤 맵에서 맞고, 다른 맵에서는 어떻게 될까요?** 여러분의 함수를 복사해 그 한 줄만 바꾸고 `check`에게
# > 물어보세요.
# >
# > <details><summary>답</summary>
# >
# > 한가운데에서 자릅니다. 벤치마크의 맵은 거의 모두 정사각형이고, 그런 맵에서는 한가운데가 바로 행이 끝나는 곳입니다. 6 × 4
# > 맵에서는 행 하나가 열로 넘어가 형태가 맞지 않아서 신경망이 멈추고, H + W가 홀수이면 자르는 데서 이미 멈춥니다. `height`에서
# > 자르세요.
# > </details>

# %% [markdown] lang="en"
# ## SimAM: nothing to learn
#
# Yang et al. (2021) start from a finding about nerve cells: one that says something different from those around it silences them.
# So they ask how easily a value can be told from all others of its channel. The answer has a closed form, an energy, and the gate is
# the sigmoid of its inverse:
#
# $$ d = (x - \mu)^2 \qquad v = \frac{\sum d}{H W - 1} \qquad y = x \cdot \sigma \Big( \frac{d}{4 (v + \lambda)} + \frac{1}{2} \Big) $$
#
# Mean $\mu$ and sum run over the positions of one channel of one image. Gates have the shape of the map, (batch, H, W, C), and there
# is **nothing to train**. The sources disagree twice. The paper divides the variance by H · W, the code by H · W − 1; we follow the
# code. And λ is 1e-4 in their module, 0.1 in their recipes for ImageNet, and 4 on their command line if you say nothing, a
# number meant for another block.

# %% [markdown] lang="ko"
# ## SimAM: 학습할 것이 없는 블록
#
# Yang 등(2021)은 신경 세포에 관한 관찰에서 출발합니다. 둘레와 다른 신호를 내는 세포는 둘레의 세포를 억제한다는 것입니다.
# 그래서 이들은 한 값을 같은 채널의 다른 모든 값과 얼마나 쉽게 구별할 수 있는지 묻습니다. 그 답은 닫힌 형태의 식으로 구할 수
# 있는데, 이것을 에너지(energy)라고 합니다. 게이트는 에너지의 역수에 시그모이드를 적용한 것입니다.
#
# $$ d = (x - \mu)^2 \qquad v = \frac{\sum d}{H W - 1} \qquad y = x \cdot \sigma \Big( \frac{d}{4 (v + \lambda)} + \frac{1}{2} \Big) $$
#
# 평균 $\mu$와 합은 이미지 한 장, 채널 하나의 모든 위치에 걸쳐 구합니다. 게이트의 형태는 맵과 같은 (batch, H, W, C)이고, **학습할
# 것은 없습니다**. 출처끼리 서로 다른 점이 두 가지 있습니다. 논문은 분산을 H · W로 나누고 코드는 H · W − 1로 나눕니다. 여기서는
# 코드를 따릅니다. 그리고 λ는 저자들의 모듈에서는 1e-4, ImageNet 학습에서는 0.1이고, 명령줄에서 아무것도 적지 않으면 4인데, 이것은
# 다른 블록을 위한 값입니다.

# %% solution="simam"
def simam(x, e_lambda=1e-4):
    """A gate for every value, from how far it is from the mean of its channel. Nothing is trained.

    Args:
        x: feature map, (batch, height, width, channels).
        e_lambda: the λ that is added to the variance.

    Returns:
        x times its gates, (batch, height, width, channels).

    ko: 값마다 게이트 하나. 그 값이 자기 채널의 평균에서 얼마나 떨어져 있는지로 정합니다. 학습하는 것은 없습니다.

    인수:
        x: 특징 맵, (batch, height, width, channels).
        e_lambda: 분산에 더하는 λ.

    반환값:
        x에 게이트를 곱한 것, (batch, height, width, channels).
    """
    ### BEGIN SOLUTION
    height, width = x.shape[1:3]
    distances = (x - ops.mean(x, axis=(1, 2), keepdims=True)) ** 2
    variance = ops.sum(distances, axis=(1, 2), keepdims=True) / (height * width - 1)
    return x * ops.sigmoid(distances / (4 * (variance + e_lambda)) + 0.5)
    ### END SOLUTION

# %% check="simam" points=4
check(simam)

# %% [markdown] lang="en"
# Every picture is a feature map with one channel. *Predict: in the picture that a coat fills most, which
# pixels get the wider gates, the cloth or the background? And in the one that a sandal fills least?*

# %% [markdown] lang="ko"
# 그림 한 장도 채널이 하나인 특징 맵(feature map)입니다. **예상해 보세요. 그림을 가장 많이 채운 코트에서는 옷과 배경
# 가운데 어느 쪽의 게이트가 더 크게 열릴까요? 그림을 가장 적게 채운 샌들에서는 어떨까요?**

# %% experiment
from coursekit.data import CLASS_NAMES, load_fashion_mnist

_, (test_images, test_labels) = load_fashion_mnist()
light = test_images.mean(axis=(1, 2))
fullest = [np.where(test_labels == label, light, 0).argmax() for label in (4, 2, 8)]
emptiest = [np.where(test_labels == label, light, 255).argmin() for label in (5, 3, 7)]
shown = [*fullest, *emptiest]
pictures = test_images[shown][..., np.newaxis] / np.float32(255)
x = keras.Input((28, 28, 1))
gated = np.array(keras.Model(x, simam(x + 1e-3))(pictures))  # a black pixel would hide its gate
# ko: gated = np.array(keras.Model(x, simam(x + 1e-3))(pictures))  # 검은 픽셀은 게이트를 숨기기 때문입니다
gates = (gated / (pictures + 1e-3))[..., 0]
for name, gate, picture in zip(np.array(CLASS_NAMES)[test_labels[shown]], gates, pictures[..., 0]):
    cloth, ground = gate[picture > 0.1].mean(), gate[picture <= 0.1].mean()
    print(f"{name:11} cloth {cloth:.2f}, background {ground:.2f}, narrowest gate {gate.min():.3f}")
    # ko: print(f"{name:11} 옷 {cloth:.2f}, 배경 {ground:.2f}, 가장 좁은 게이트 {gate.min():.3f}")
rows = {"picture": pictures[..., 0], "gates": gates}
# ko: rows = {"그림": pictures[..., 0], "게이트": gates}
image_grid(rows, "What is rare in the picture gets the wide gates, be it cloth or background")
# ko: image_grid(rows, "옷이든 배경이든 그림에서 드문 쪽의 게이트가 크게 열립니다")

# %% [markdown] lang="en"
# SimAM does not look for cloth. It looks for what is unlike the rest: in a picture full of coat that is the background, and in the
# sandal it is the few bright straps. And no gate is below 0.622, because σ(½) = 0.622 and $d$ is never negative. The block stresses, and
# never switches anything off; a reader asked the authors about that and got no answer. A map of one position has no variance at all:
# 0 / 0.

# %% [markdown] lang="ko"
# SimAM이 찾는 것은 옷이 아니라 나머지와 다른 것입니다. 코트가 가득한 그림에서는 배경이, 샌들에서는 밝은 끈 몇 개가 그렇습니다.
# 그리고 어느 게이트도 0.622보다 작지 않습니다. σ(½) = 0.622이고 $d$는 음수가 되지 않기 때문입니다. 이 블록은 강조할 뿐 아무것도
# 끄지 못합니다. 어떤 독자가 저자들에게 이 점을 물었지만 답은 없었습니다. 위치가 하나뿐인 맵에서는 분산을 구할 수 없어 0 / 0이
# 됩니다.

# %% [markdown] lang="en"
# ## GRN: no gate
#
# Global response normalisation (Woo et al., 2023; the first author is CBAM's) was made for ConvNeXt V2, whose channels had begun to
# do the same thing or nothing. It measures how strong each channel is as a whole, and compares:
#
# $$ G_c = \sqrt{\textstyle\sum_{h,w} x_{h,w,c}^2} \qquad N_c = \frac{G_c}{\mathrm{mean}_c\, G} \qquad y = \gamma \, (x \cdot N) + \beta + x $$
#
# | number | shape |
# |---|---|
# | norms $G$, and $N$ | (batch, 1, 1, C) |
# | $\gamma$ and $\beta$, trained, at first 0 | C each |
#
# No layer scores anything and there is no sigmoid. Channels meet only in the mean. The paper divides by the *sum* of the norms, its
# code by their *mean*, which makes $N$ as many times larger as there are channels; an issue asks about it, and we follow the code. Add
# 1e-6 under the root and to the mean. The root has an infinite slope at 0: without the constant, a channel that is 0 everywhere, as after a
# ReLU, makes the gradient "not a number" as soon as γ is not 0 any more.
#
# **Where to take γ and β from?** A depthwise 1×1 convolution has just one factor and one bias for each channel:
# `layers.DepthwiseConv2D(1, depthwise_initializer="zeros")`. A layer of your own with two weights will do as well.

# %% [markdown] lang="ko"
# ## GRN: 게이트가 없는 블록
#
# GRN(global response normalization, Woo 등, 2023. 제1 저자가 CBAM과 같습니다)은 ConvNeXt V2를 위해 만들어졌습니다. 이 신경망의
# 채널들이 서로 같은 일을 하거나 아무 일도 하지 않게 되었기 때문입니다. GRN은 채널마다 전체 세기를 재어 서로 비교합니다.
#
# $$ G_c = \sqrt{\textstyle\sum_{h,w} x_{h,w,c}^2} \qquad N_c = \frac{G_c}{\mathrm{mean}_c\, G} \qquad y = \gamma \, (x \cdot N) + \beta + x $$
#
# | 값 | 형태 |
# |---|---|
# | 노름(norm) $G$와 $N$ | (batch, 1, 1, C) |
# | $\gamma$와 $\beta$. 학습하며 처음에는 0 | 각각 C개 |
#
# 점수를 내는 층도 시그모이드도 없습니다. 채널끼리 서로 영향을 주는 곳은 평균뿐입니다. 논문은 노름의 **합**으로 나누고 코드는 **평균**으로
# 나눕니다. 평균으로 나눈 $N$은 합으로 나눈 것에 채널 수를 곱한 값과 같습니다. 이 점을 묻는 이슈가 있고, 여기서는 코드를
# 따릅니다. 근호 안과 평균에는 1e-6을 더하세요. 제곱근의 기울기(gradient)는 0에서 무한대입니다. 그래서 이 상수가 없으면,
# ReLU 뒤처럼 값이 모두 0인 채널이 있을 때 γ가 0에서 벗어나자마자 기울기가 NaN이 됩니다.
#
# **γ와 β는 어디에서 가져올까요?** 깊이별(depthwise) 1×1 합성곱에는 채널마다 곱하는 수 하나와 편향 하나만 있습니다. 바로
# `layers.DepthwiseConv2D(1, depthwise_initializer="zeros")`입니다. 가중치 두 개를 둔 층을 직접 만들어도 됩니다.

# %% solution="global_response_norm"
def global_response_norm(x):
    """Each channel scaled by its norm, as compared with the mean norm of all channels; x is added.

    The factor γ and the shift β of each channel start at 0.

    Args:
        x: feature map, (batch, height, width, channels).

    Returns:
        γ · x · N + β + x, (batch, height, width, channels).

    ko: 채널마다 자기 노름을 모든 채널의 노름 평균과 비교해 곱하고, x를 더합니다.

    채널마다 하나씩 있는 스케일 γ와 시프트 β는 0에서 시작합니다.

    인수:
        x: 특징 맵, (batch, height, width, channels).

    반환값:
        γ · x · N + β + x, (batch, height, width, channels).
    """
    ### BEGIN SOLUTION
    norms = ops.sqrt(ops.sum(x**2, axis=(1, 2), keepdims=True) + 1e-6)
    compared = norms / (ops.mean(norms, axis=-1, keepdims=True) + 1e-6)
    return x + layers.DepthwiseConv2D(1, depthwise_initializer="zeros")(x * compared)
    ### END SOLUTION

# %% check="global_response_norm" points=5
check(global_response_norm)

# %% [markdown] lang="en"
# Now γ is set to 1 in your layer, and the layer is applied to its own output again and again. *Predict: it is called a
# normalisation. Do four channels of unequal strength become more alike, or less?*

# %% [markdown] lang="ko"
# 이제 여러분의 층에서 γ를 1로 놓고, 층의 출력에 층을 거듭 적용합니다. **예상해 보세요. 이름은 정규화인데, 세기가 서로 다른 채널
# 네 개는 점점 비슷해질까요, 점점 달라질까요?**

# %% experiment
from autograder import predict

predict("channels_more_alike")

# %% experiment
from coursekit.plots.style import LINE_STYLES, PALETTE, sheet

x = keras.Input((7, 7, 4))
stronger = keras.Model(x, global_response_norm(x))
for weight in stronger.trainable_weights:  # the scale becomes 1; a shift would show in a map of zeros and stays 0
# ko: for weight in stronger.trainable_weights:  # 스케일은 1이 됩니다. 시프트는 0뿐인 맵에서 드러나므로 0으로 둡니다
    weight.assign(ops.ones_like(weight))
    if np.abs(stronger(np.zeros((1, 7, 7, 4)))).max() > 0:
        weight.assign(ops.zeros_like(weight))
maps = np.random.default_rng(0).standard_normal((1, 7, 7, 4)) * [1.3, 1.1, 0.9, 0.7]
shares = []
for _ in range(7):
    norms = np.sqrt((maps**2).sum(axis=(0, 1, 2)))
    shares.append(norms / norms.sum())
    maps = np.array(stronger(maps))
with sheet(f"After six times, the strongest of four channels has {shares[-1].max():.0%} of the sum of norms", 3.2) as figure:
# ko: with sheet(f"여섯 번 적용하면 가장 강한 채널이 노름 합의 {shares[-1].max():.0%}를 차지합니다", 3.2) as figure:
    ax = figure.subplots()
    for channel, (line, style) in enumerate(zip(np.transpose(shares), LINE_STYLES)):
        ax.plot(line, style, color=PALETTE[channel], marker="o", label=f"channel {channel + 1}")
        # ko: ax.plot(line, style, color=PALETTE[channel], marker="o", label=f"채널 {channel + 1}")
    ax.set(xlabel="times applied", ylabel="share of the norms", ylim=(0, 1))
    # ko: ax.set(xlabel="적용한 횟수", ylabel="노름의 비율", ylim=(0, 1))
    ax.legend(frameon=False)
display(figure)

# %% [markdown] lang="en"
# Less alike: the strong become stronger. A reader of the code noticed it and asked why the layer is called a normalisation.
#
# What does GRN bring? The paper separates it from the rest in one table: ConvNeXt base, trained with labels alone, goes from 83.8 to
# 84.3 % on ImageNet with GRN, the large one from 84.3 to 84.5. Higher numbers for ConvNeXt V2 also have its pre-training in them.
#
# ## GC: adding instead of multiplying
#
# Self-attention gives each position an attention map of its own. Cao et al. (2019) looked at such maps and found them nearly the
# same wherever one stands. So the **global context block** has a single map for all positions, and no queries:
#
# $$ a = \underset{h,w}{\mathrm{softmax}} (x\, w + b) \qquad c = \sum_{h,w} a_{h,w}\, x_{h,w} \qquad
# y_{h,w} = x_{h,w} + W_2\, \mathrm{ReLU}(\mathrm{LN}(W_1 c)) $$
#
# | step | shape |
# |---|---|
# | scores by a 1×1 convolution, softmax over *all* positions | (batch, H, W, 1) |
# | context: the sum of x under this map | (batch, 1, 1, C) |
# | dense layer, layer normalisation, ReLU | (batch, 1, 1, C // ratio) |
# | dense layer that begins at 0; added to every position | (batch, 1, 1, C) |
#
# All layers have a bias, and the normalisation has Keras' own settings. Compare with SE: a weighted mean in place of the mean, and a
# sum in place of the product. Mind the name in libraries: `timm` and `keras_cv_attention_models` multiply by a sigmoid unless you ask for the
# sum, so their "gc" networks are not the paper's.

# %% [markdown] lang="ko"
# 점점 달라집니다. 강한 채널은 더 강해집니다. 코드를 읽은 어떤 독자도 이것을 알아채고 왜 정규화라고 부르는지 물었습니다.
#
# GRN의 효과는 얼마나 될까요? 논문의 표 하나는 GRN만 따로 떼어 보여 줍니다. 레이블만으로 학습한 ConvNeXt는 GRN을 넣으면 ImageNet
# 정확도가 base에서는 83.8%에서 84.3%로, large에서는 84.3%에서 84.5%로 올라갑니다. ConvNeXt V2의 더 높은 수치에는 사전 학습의 효과도 들어
# 있습니다.
#
# ## GC: 곱하는 대신 더하기
#
# 셀프 어텐션에는 위치마다 어텐션 맵이 있습니다. Cao 등(2019)은 이 맵들을 살펴보고, 어디에 서든 거의 같다는 것을 알아냈습니다.
# 그래서 **전역 문맥 블록**(global context block, GC)에는 모든 위치가 함께 쓰는 맵이 하나뿐이고 쿼리(query)가 없습니다.
#
# $$ a = \underset{h,w}{\mathrm{softmax}} (x\, w + b) \qquad c = \sum_{h,w} a_{h,w}\, x_{h,w} \qquad
# y_{h,w} = x_{h,w} + W_2\, \mathrm{ReLU}(\mathrm{LN}(W_1 c)) $$
#
# | 단계 | 형태 |
# |---|---|
# | 1×1 합성곱으로 점수(score), **모든** 위치에 걸친 소프트맥스(softmax) | (batch, H, W, 1) |
# | 문맥(context): 이 맵을 가중치로 하는 x의 가중합 | (batch, 1, 1, C) |
# | Dense 층, 층 정규화(layer normalization), ReLU | (batch, 1, 1, C // ratio) |
# | 0에서 시작하는 Dense 층. 모든 위치에 더함 | (batch, 1, 1, C) |
#
# 층에는 모두 편향이 있고, 층 정규화는 Keras의 기본 설정을 씁니다. SE와 비교해 보세요. 평균 대신 가중 평균을 쓰고, 곱하는 대신
# 더합니다. 라이브러리에서는 이름을 조심하세요. `timm`과 `keras_cv_attention_models`는 따로 정하지 않으면 시그모이드를 곱합니다.
# 그래서 거기 있는 "gc" 신경망은 논문의 것이 아닙니다.

# %% solution="global_context"
def global_context(x, ratio=16):
    """What one attention map finds in x, transformed and added to every position.

    Args:
        x: feature map, (batch, height, width, channels).
        ratio: how many times fewer units than channels the transform has inside.

    Returns:
        x plus one vector that is the same everywhere, (batch, height, width, channels).

    ko: 어텐션 맵 하나가 x에서 모은 것을 변환해 모든 위치에 더합니다.

    인수:
        x: 특징 맵, (batch, height, width, channels).
        ratio: 변환 안의 유닛 수가 채널 수의 몇 분의 1인지.

    반환값:
        x에 모든 위치에서 같은 벡터 하나를 더한 것, (batch, height, width, channels).
    """
    ### BEGIN SOLUTION
    channels = x.shape[-1]
    attention = layers.Softmax(axis=(1, 2))(layers.Conv2D(1, 1)(x))
    context = ops.sum(attention * x, axis=(1, 2), keepdims=True)
    hidden = layers.LayerNormalization()(layers.Dense(channels // ratio)(context))
    return x + layers.Dense(channels, kernel_initializer="zeros")(layers.ReLU()(hidden))
    ### END SOLUTION

# %% check="global_context" points=6
check(global_context)

# %% [markdown] lang="en"
# ## Bonus: mend this
#
# Here is self-attention (lesson 10) with two faults, both from published code. Shape and parameters are right. *Find them and
# mend them, without looking at your own.* `mend` says which aspects are right, but not what is wrong.
#
# <details><summary>Where the faults are from</summary>
#
# In [annotated code](https://github.com/labmlai/annotated_deep_learning_paper_implementations/issues/146) the softmax ran
# along the queries: what a position *gives* then sums to 1, not what it takes. In a
# [notebook](https://github.com/Graylab/DL4Proteins-notebooks/issues/12) the scores were divided by the root of the channels
# instead of that of `key_dim`.
# </details>

# %% [markdown] lang="ko"
# ## 보너스: 고쳐 보기
#
# 다음은 셀프 어텐션(레슨 10)인데 고장 난 곳이 두 군데 있고, 둘 다 공개된 코드에 있던 것입니다. 형태와 파라미터 수는 맞습니다.
# **여러분의 답을 보지 말고 찾아서 고쳐 보세요.** `mend`는 어떤 측면이 맞는지만 알려 주고, 무엇이 틀렸는지는 알려 주지 않습니다.
#
# <details><summary>어디에 있던 실수인가</summary>
#
# [주석을 단 어느 코드](https://github.com/labmlai/annotated_deep_learning_paper_implementations/issues/146)에서는 소프트맥스가
# 쿼리를 따라 계산되었습니다. 그러면 한 위치가 가져오는 것이 아니라 **내주는** 것의 합이 1이 됩니다. 어느
# [노트북](https://github.com/Graylab/DL4Proteins-notebooks/issues/12)에서는 점수를 `key_dim`이 아니라 채널 수의 제곱근으로
# 나누었습니다.
# </details>

# %% experiment
from autograder import mend

def repaired(x, heads, key_dim):
    """Self-attention over the positions of a map, with a residual connection.

    ko: 맵의 위치 사이의 셀프 어텐션과 잔차 연결
    """
    height, width, channels = x.shape[1:]
    query, key, value = (layers.Reshape((-1, heads, key_dim))(layers.Dense(heads * key_dim)(x)) for _ in range(3))
    scores = ops.einsum("bqhd,bkhd->bhqk", query, key) / channels**0.5
    weights = ops.softmax(scores, axis=-2)
    mixed = ops.einsum("bhqk,bkhd->bqhd", weights, value)
    mixed = layers.Reshape((height, width, heads * key_dim))(mixed)
    return x + layers.Dense(channels)(mixed)

mend(repaired, "self_attention")

# %% [markdown] lang="en"
# ## Into a trained network
#
# We take the trained residual network with 20 layers from lesson 2, cut it open in the middle, and put each of your blocks in, as it is
# when it has just been made. Nothing is trained. *Predict: with which of the five does the accuracy stay as it was? Which one does
# the most damage?*

# %% [markdown] lang="ko"
# ## 학습이 끝난 신경망에 넣기
#
# 레슨 2의 학습이 끝난 20층 잔차 신경망을 한가운데에서 자르고, 여러분의 블록을 갓 만든 그대로 하나씩 넣습니다. 아무것도 학습하지
# 않습니다. **예상해 보세요. 다섯 가운데 정확도가 그대로인 블록은 무엇일까요? 가장 크게 떨어뜨리는 블록은 무엇일까요?**

# %% given="se_block"

# %% experiment
from coursekit import weights

network = weights.load("resnet-20-residual")
middle = network.get_layer("stage2_block3_relu2").output
front, behind = keras.Model(network.input, middle), keras.Model(middle, network.output)
maps = front.predict(test_images[:2_000, ..., np.newaxis] / np.float32(255), verbose=0)
blocks = {
    "SE": se_block,
    "coordinate attention": coordinate_attention,
    # ko: "좌표 어텐션": coordinate_attention,
    "SimAM": simam,
    "GRN": global_response_norm,
    "GC": lambda x: global_context(x, ratio=4),
}

def accuracy(maps):
    return (behind.predict(maps, verbose=0).argmax(axis=-1) == test_labels[: len(maps)]).mean()

keras.utils.set_random_seed(0)
print(f"{'no block':24}{accuracy(maps):.1%}")
# ko: print(f"{accuracy(maps):.1%}  블록 없음")
for name, block in blocks.items():
    x = keras.Input(maps.shape[1:])
    layer = keras.Model(x, block(x))
    print(f"{name:24}{accuracy(layer.predict(maps, verbose=0)):.1%}   {layer.count_params():4} parameters")
    # ko: print(f"{accuracy(layer.predict(maps, verbose=0)):.1%}  파라미터 {layer.count_params():4}개  {name}")

# %% [markdown] lang="en"
# GRN and GC change nothing, because what they add begins at 0. Training then starts from a network that works.
# (If your accuracy fell with one of them, its weights do not begin at 0. `check` gives weights their values itself and cannot see
# where they begin.) A new SE halves every value, coordinate attention quarters it, and the layers behind were trained for other
# numbers. SimAM lies between: it scales by 0.62 and more.
#
# Now train on: the block and everything behind it, on a few images. *Predict: how many epochs does the network with SE need to
# get back to where it was?*

# %% [markdown] lang="ko"
# GRN과 GC는 아무것도 바꾸지 않습니다. 더하는 것이 0에서 시작하기 때문입니다. 그래서 학습은 이미 잘 작동하는 신경망에서 출발합니다.
# (둘 가운데 하나에서 정확도가 떨어졌다면 가중치가 0에서 시작하지 않는 것입니다. `check`는 가중치의 값을 직접 정하므로, 어디에서
# 시작하는지는 볼 수 없습니다.) 갓 만든 SE는 모든 값을 절반으로, 좌표 어텐션은 4분의 1로 줄입니다. 그런데 뒤의 층들은 줄이지 않은
# 값으로 학습되었습니다. SimAM은 0.62배 이상을 곱하므로 그 중간입니다.
#
# 이제 적은 이미지로 블록과 그 뒤의 층을 더 학습합니다. **예상해 보세요. SE를 넣은 신경망이 원래 정확도로 돌아오는 데
# 몇 에포크(epoch)가 걸릴까요?**

# %% experiment
from coursekit.experiments import Budget

BUDGET = Budget(images=2_000, epochs=3, seeds=1)  # half a minute
# ko: BUDGET = Budget(images=2_000, epochs=3, seeds=1)  # 30초쯤 걸립니다
(train_images, train_labels), _ = load_fashion_mnist()
seen = front.predict(train_images[: BUDGET.images, ..., np.newaxis] / np.float32(255), verbose=0)
trained = behind.get_weights()
for name, block in {"no block": lambda x: x, "SE": se_block, "GRN": global_response_norm}.items():
# ko: for name, block in {"블록 없음": lambda x: x, "SE": se_block, "GRN": global_response_norm}.items():
    keras.utils.set_random_seed(0)
    behind.set_weights(trained)
    x = keras.Input(maps.shape[1:])
    model = keras.Model(x, behind(block(x)))
    optimizer, loss = keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy"
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=False)
    tested = test_labels[: len(maps)]
    reached = [model.evaluate(maps, tested, verbose=0)[1]]
    for _ in range(BUDGET.epochs):
        model.fit(seen, train_labels[: BUDGET.images], batch_size=64, verbose=0)
        reached.append(model.evaluate(maps, tested, verbose=0)[1])
    print(f"{' → '.join(f'{share:.1%}' for share in reached)}  {name}")
    # ko: =

# %% [markdown] lang="en"
# The network without a block is the one to compare with: so few images hardly move it. GRN goes along beside it, while SE spends the
# first epochs on repairs. So a gate goes into a network that is trained from the start, or it has to begin open; remember it when
# somebody reports that a block "hurts" after a short fine-tuning. Which block is better in the end, three epochs with one seed do
# not tell.
#
# ## One value, four blocks
#
# In the demo you raise a single value of a garment's map, in one channel. The figure shows what changes because of it behind *your*
# four blocks, in that channel and in another one. Weights are drawn by chance, so only *where* something changes counts, not how
# much. *Predict for each block: does the change stay in its row and column, in its channel, or where there is something at all?*
#
# <details><summary>The demo as a picture</summary>
#
# ![Two channels of a pullover's map with a cross at one position. Beside them, what changes behind four blocks: for coordinate
# attention a cross of row and column, in both channels; for SimAM the whole garment, in the raised channel only; for GRN the garment
# in both channels; for the GC block all positions, each channel by an amount of its own.](one_value.png)
#
# </details>

# %% [markdown] lang="ko"
# 비교할 대상은 블록이 없는 신경망인데, 이미지가 적어서 거의 그대로입니다. GRN을 넣은 신경망도 이와 비슷하지만, SE를 넣은
# 신경망은 처음 몇 에포크를 떨어진 정확도를 되찾는 데 씁니다. 따라서 게이트는 처음부터 함께 학습하거나, 열린 상태에서 시작하게
# 해야 합니다. 짧은 미세 조정(fine-tuning) 뒤에 블록이 "성능을 떨어뜨린다"는 글을 보거든 이것을 떠올리세요. 다만
# 결국 어느 블록이 더 나은지는 시드(seed) 하나로 세 에포크 학습한 것만으로는 알 수 없습니다.
#
# ## 값 하나, 블록 네 개
#
# 데모에서는 옷 한 벌의 맵에서 한 채널의 값 하나를 높입니다. 그림은 **여러분의** 블록 네 개를 지난 뒤, 그 채널과 다른 채널에서
# 무엇이 달라지는지 보여 줍니다. 가중치는 무작위로 정했으므로 얼마나 달라지는지보다 **어디가** 달라지는지를 보세요. **블록마다
# 예상해 보세요. 달라지는 곳은 같은 행과 열일까요, 같은 채널일까요, 아니면 값이 있는 모든 곳일까요?**
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![풀오버의 맵에서 채널 두 개이고 한 위치에 십자가 있습니다. 그 옆은 블록 네 개를 지난 뒤 달라지는 곳입니다. 좌표 어텐션은 두 채널
# 모두에서 행과 열의 십자 모양이 달라집니다. SimAM은 값을 높인 채널에서만 옷 전체가, GRN은 두 채널 모두에서 옷이 달라집니다. GC
# 블록은 모든 위치가 달라지며 그 크기는 채널마다 다릅니다.](one_value.png)
#
# </details>

# %% experiment
from coursekit import live

live.one_value(coordinate_attention, simam, global_response_norm, global_context)

# %% [markdown] lang="en"
# Four reaches: a cross in all channels, one channel, all channels in proportion, and everywhere alike. The first three leave a 0
# alone, for they multiply. The GC block writes into empty places, too.
#
# ## The family
#
# The last figure has the blocks of this course and a few more by the date of their preprints, with arrows from those they build on. Under each
# name are four marks, one for each part of the recipe: filled if the block has it. *Predict: is there a mark that all have?*

# %% [markdown] lang="ko"
# 값 하나의 영향이 미치는 범위는 블록마다 다릅니다. 좌표 어텐션에서는 모든 채널의 십자 모양이, SimAM에서는 한 채널이, GRN에서는
# 모든 채널이 값에 비례해, GC에서는 모든 위치가 똑같이 달라집니다. 앞의 셋은 곱하므로 0은 그대로 둡니다. 반면 GC 블록은 빈
# 위치에도 값을 더합니다.
#
# ## 블록의 계보
#
# 마지막 그림에는 이 강의의 블록과 몇 가지 다른 블록이 논문이 공개된 날짜에 따라 놓여 있고, 바탕이 된 블록에서 화살표가 나옵니다. 이름
# 아래의 표시 네 개는 앞의 네 부분을 차례로 나타내며, 그 부분이 있으면 채워져 있습니다. **예상해 보세요. 모두에게 채워진 표시가
# 있을까요?**

# %% experiment
from coursekit.plots import family_map

family_map("No part of the recipe is in all of them; what remains is that other places have a say")
# ko: family_map("모두에게 있는 부분은 없습니다. 남는 것은 다른 곳의 값이 관여한다는 점입니다")

# %% [markdown] lang="en"
# | block | took | from |
# |---|---|---|
# | CBAM, BAM, scSE | squeeze and gates, and added gates for places | SE |
# | BAM | the 1 beside the mask | RAN, the Residual Attention Network |
# | SK | squeeze and layers, for a choice between two branches | SE |
# | ECA | all but the bottleneck | SE |
# | GC | one map in place of many; the transform and its bottleneck | non-local networks; SE |
# | Triplet | CBAM's spatial gate, turned to three planes | CBAM |
# | CA | gates with an axis left | SE and CBAM, which it is measured against |
#
# SimAM names nerve cells as its source, and GRN the competition of channels; neither has an arrow.
#
# ## The answer
#
# **No part is indispensable.** SimAM gives up the layers and still has gates for every value. GRN gives up layers and sigmoid, GC
# sigmoid and product. Of your four blocks all keep a squeeze, coordinate attention a halved one, but self-attention does without
# even that. What is left in every one of them: what becomes of a value depends on *other places* of the same map, and
# how much each of them counts, the map itself decides. A 1×1 convolution sees no other place, and a larger one weighs its
# neighbours by the same numbers in every picture. It is the best definition of attention this course can offer.
#
# **What this does not show.** Which block is better: nothing here was trained for that. The papers' numbers
# above are single runs of different networks with different recipes. One library trained the same small ResNet with one recipe and
# different blocks, once each (`timm`, resnet33ts, ImageNet at 256 pixels): none 79.2 %, SE 80.4, ECA 80.1, GC 80.1, the last one
# in its multiplying form. Differences of 0.3 among the three, from one run each, say little.
#
# ## Quiz
#
# <details><summary>1. How many parameters has each block at 64 channels, with its default arguments?</summary>
#
# Coordinate attention 1,688 trained (8 units: 3·64·8 weights, 8 + 64 + 64 biases, 16 for the normalisation), and 16 moving statistics.
# SimAM 0. GRN 128. GC with 4 units 653, one of which, the bias of the scores, has no effect, because a softmax does not see what is
# added to all of its scores.
# </details>
#
# <details><summary>2. You shuffle the positions of a map, apply a block, and shuffle back. With which of the four is the result
# the same as without shuffling?</summary>
#
# With SimAM, GRN and GC: their means, sums and softmax do not know an order. With coordinate attention only if whole rows or
# whole columns change places.
# </details>
#
# <details><summary>3. A colleague wants to use GC with ratio 16 on 16 channels. What happens in the layer normalisation?</summary>
#
# There is one unit. Its mean is itself, so the normalisation gives 0 whatever the input, and then β: the block adds the same vector to every
# picture. With two units it gives about −1 and 1. Take a smaller ratio.
# </details>
#
# ## To read
#
# - Qibin Hou, Daquan Zhou, Jiashi Feng, *Coordinate Attention for Efficient Mobile Network Design*, 2021,
#   [arXiv:2103.02907](https://arxiv.org/abs/2103.02907); [code](https://github.com/houqb/CoordAttention), whose issue 12 says what
#   putting the strips together is for.
# - Lingxiao Yang et al., *SimAM: A Simple, Parameter-Free Attention Module for Convolutional Neural Networks*, 2021, in PMLR
#   139; [code](https://github.com/ZjjConan/SimAM), with the variance in issue 4.
# - Sanghyun Woo et al., *ConvNeXt V2*, 2023, [arXiv:2301.00808](https://arxiv.org/abs/2301.00808);
#   [code](https://github.com/facebookresearch/ConvNeXt-V2), with sum and mean in issue 76, the name in issue 82.
# - Yue Cao et al., *GCNet: Non-local Networks Meet Squeeze-Excitation Networks and Beyond*, 2019,
#   [arXiv:1904.11492](https://arxiv.org/abs/1904.11492); [code](https://github.com/xvjiarui/GCNet).
# - Not written here: *Selective Kernel Networks*, [arXiv:1903.06586](https://arxiv.org/abs/1903.06586), and *Rotate to Attend*
#   (triplet attention), [arXiv:2010.03045](https://arxiv.org/abs/2010.03045).
#
# `progress()` shows your points. **Shut down this kernel before the next lesson** (Kernel → Shut Down Kernel).

# %% [markdown] lang="ko"
# | 블록 | 가져온 것 | 바탕 |
# |---|---|---|
# | CBAM, BAM, scSE | 스퀴즈와 게이트. 위치의 게이트를 더함 | SE |
# | BAM | 마스크(mask) 옆의 1 | RAN(잔차 어텐션 신경망) |
# | SK | 스퀴즈와 층. 두 브랜치(branch) 가운데 고르는 데 씀 | SE |
# | ECA | 병목(bottleneck)을 뺀 나머지 | SE |
# | GC | 여러 맵 대신 맵 하나. 변환과 병목 | 비국소(non-local) 신경망, SE |
# | Triplet | CBAM의 공간 게이트. 세 평면으로 돌려서 씀 | CBAM |
# | CA(좌표 어텐션) | 축이 하나 남은 게이트 | 비교 대상인 SE와 CBAM |
#
# SimAM은 신경 세포를, GRN은 채널의 경쟁을 출발점으로 들기 때문에 둘에는 화살표가 없습니다.
#
# ## 답
#
# **뺄 수 없는 부분은 없습니다.** SimAM은 층을 버렸지만 값마다 게이트가 있습니다. GRN은 층과 시그모이드를, GC는 시그모이드와 곱하기를
# 버렸습니다. 여러분이 작성한 네 블록에는 모두 스퀴즈가 남아 있고 좌표 어텐션은 그 절반만 하지만, 셀프 어텐션에는 스퀴즈조차
# 없습니다. 모두에게 남아 있는 것은 한 가지입니다. 한 값이 어떻게 될지가 같은 맵의 **다른 곳**에 달려 있고, 그 하나하나를
# 얼마나 반영할지도 맵 자신이 정한다는 것입니다. 1×1 합성곱은 다른 곳을 보지 못하고, 더 큰 합성곱은 이웃을 보지만 어느
# 그림에서나 같은 가중치를 씁니다. 이것이 이 강의가 내놓을 수 있는 가장 좋은 어텐션의 정의입니다.
#
# **아직 알 수 없는 것.** 어느 블록이 더 나은지는 알 수 없습니다. 여기서 한 학습은 그것을 재기 위한 것이 아닙니다. 위에 적은 논문의 수치는
# 서로 다른 신경망을 서로 다른 방법으로 한 번씩 학습한 것입니다. 한 라이브러리는 같은 작은 ResNet을 같은 방법으로, 블록만 바꾸어 한
# 번씩 학습했습니다(`timm`, resnet33ts, 256픽셀 ImageNet). 블록이 없으면 79.2%, SE는 80.4%, ECA는 80.1%, GC는 80.1%인데, GC는 곱하는
# 형태입니다. 한 번씩 학습한 결과이므로 셋 사이의 0.3%p 차이는 별 의미가 없습니다.
#
# ## 퀴즈
#
# <details><summary>1. 채널이 64개이고 인수가 기본값일 때 각 블록의 파라미터는 몇 개일까요?</summary>
#
# 좌표 어텐션은 학습 파라미터 1,688개(유닛 8개. 가중치 3·64·8개, 편향 8 + 64 + 64개, 정규화 16개)와 이동 평균(moving mean)과 이동 분산(moving variance) 16개입니다. SimAM은
# 0개, GRN은 128개입니다. GC는 유닛이 4개이고 파라미터는 653개인데, 그 가운데 점수의 편향 하나는 아무 효과가 없습니다. 소프트맥스는
# 모든 점수에 똑같이 더한 값에 영향을 받지 않기 때문입니다.
# </details>
#
# <details><summary>2. 맵의 위치를 뒤섞고 블록을 적용한 다음 원래대로 되돌립니다. 뒤섞지 않았을 때와 결과가 같은 블록은 넷 가운데
# 어느 것일까요?</summary>
#
# SimAM, GRN, GC입니다. 이들의 평균, 합, 소프트맥스는 순서를 모릅니다. 좌표 어텐션은 행끼리 통째로, 또는 열끼리 통째로 자리를 바꿀
# 때만 결과가 같습니다.
# </details>
#
# <details><summary>3. 동료가 채널이 16개인 곳에 ratio가 16인 GC를 쓰려고 합니다. 층 정규화에서 무슨 일이 일어날까요?</summary>
#
# 유닛이 하나입니다. 그 평균은 자기 자신이므로 입력이 무엇이든 정규화하면 0이 되고, 남는 것은 β뿐입니다. 그래서 블록은 어느 그림에나 같은
# 벡터를 더합니다. 유닛이 두 개이면 −1과 1쯤이 됩니다. ratio를 줄이세요.
# </details>
#
# ## 더 읽을거리
#
# - Qibin Hou, Daquan Zhou, Jiashi Feng, *Coordinate Attention for Efficient Mobile Network Design*, 2021,
#   [arXiv:2103.02907](https://arxiv.org/abs/2103.02907). [코드](https://github.com/houqb/CoordAttention)의 이슈 12에 띠를 왜 이어
#   붙이는지 적혀 있습니다.
# - Lingxiao Yang 외, *SimAM: A Simple, Parameter-Free Attention Module for Convolutional Neural Networks*, 2021, PMLR 139.
#   [코드](https://github.com/ZjjConan/SimAM)의 이슈 4에 분산 이야기가 있습니다.
# - Sanghyun Woo 외, *ConvNeXt V2*, 2023, [arXiv:2301.00808](https://arxiv.org/abs/2301.00808).
#   [코드](https://github.com/facebookresearch/ConvNeXt-V2)의 이슈 76에 합과 평균, 이슈 82에 이름 이야기가 있습니다.
# - Yue Cao 외, *GCNet: Non-local Networks Meet Squeeze-Excitation Networks and Beyond*, 2019,
#   [arXiv:1904.11492](https://arxiv.org/abs/1904.11492). [코드](https://github.com/xvjiarui/GCNet).
# - 여기서 작성하지 않은 것: *Selective Kernel Networks*, [arXiv:1903.06586](https://arxiv.org/abs/1903.06586), *Rotate to
#   Attend*(triplet attention), [arXiv:2010.03045](https://arxiv.org/abs/2010.03045).
#
# `progress()`를 실행하면 점수를 볼 수 있습니다. **다음 레슨으로 가기 전에 이 커널을 종료하세요**(Kernel → Shut Down Kernel).
