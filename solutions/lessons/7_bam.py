# %% [markdown] lang="en"
# # A gate for every value
#
# Channel attention has a gate for each channel, spatial attention one for each position. But a map of 14 × 14 × 64 holds
# 12,544 values. **Can every single value get a gate of its own, without a second network to work them out?**
#
# The Residual Attention Network (lesson 9) does it with an hourglass of convolutions beside the main path, which costs
# millions of weights. BAM, the **Bottleneck Attention Module** (Park et al., 2018), asks two small branches, one which
# channel matters and the other which position, and adds their answers. At the end we look at a trained BAM and see which
# of the two really decides.
#
# Four exercises, 18 points, about <!-- minutes --> minutes.

# %% [markdown] lang="ko"
# # 값마다 게이트(gate) 하나
#
# 채널 어텐션은 채널마다, 공간 어텐션은 위치마다 게이트가 하나입니다. 그런데 14 × 14 × 64 크기의 맵에는 값이 12,544개
# 있습니다.
# **값 하나하나에 게이트를 따로 달면서도, 그 게이트를 계산하는 신경망을 하나 더 두지 않을 수 있을까요?**
#
# 잔차 어텐션 신경망(Residual Attention Network, 레슨 9)은 본래 경로 옆에 모래시계 모양의 합성곱 신경망을 하나 더 두는
# 방법을 씁니다. 그런데 여기에는 가중치가 수백만 개 듭니다. BAM(**Bottleneck Attention Module**, Park 등, 2018)은 작은
# 브랜치(branch) 두 개에 각각 어떤 채널이 중요한지, 어느 위치가 중요한지 묻고 두 답을 더합니다. 레슨 끝에서는 학습한
# BAM을 들여다보고, 둘 중 어느 쪽의 영향이 더 큰지 알아봅니다.
#
# 연습 문제 4개, 18점, 약 <!-- minutes -->분 분량입니다.

# %% [markdown] lang="en"
# **After this lesson** you can join two branches by broadcasting, use dilation, and find where a paper and its code
# disagree. **You need** lessons 2 to 4.

# %% [markdown] lang="ko"
# **이 레슨을 마치면** 두 결과를 합쳐 값마다 곱할 수를 만들고, 논문과 코드가 어디서 다른지 찾을 수 있습니다.
# **먼저** 레슨 2부터 4까지 마쳐야 합니다.

# %%
from autograder import check, hint, progress, start, your_turn

start("7-bam")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% [markdown] lang="en"
# ## Two answers, many gates
#
# Let a map have four channels of 15 × 15. One branch has given each channel a **score**: 3, 1, −1, −3. The other has
# given each position a score: 2 inside a disc, −2 outside. That makes 4 + 225 numbers. To get 4 · 225 gates, combine
# each channel's score with each position's, and squeeze the result between 0 and 1 with a sigmoid.
#
# There are several ways to combine two numbers. The next cell draws three: their sum, their product, the larger one.
# White is an open gate, black a shut one; the four columns are the four channels.
#
# *Predict: the last channel has the lowest score. Where is it open if the scores are added? And if they are
# multiplied?*

# %% [markdown] lang="ko"
# ## 두 개의 답, 많은 게이트
#
# 15 × 15 크기의 채널이 네 개 있는 맵을 생각해 봅시다. 한 브랜치는 채널마다 **점수**(score)를 매겼는데, 차례로 3, 1, −1,
# −3입니다. 다른 브랜치는 위치마다 점수를 매겼는데, 원 안은 2이고 밖은 −2입니다. 여기까지 필요한 숫자는 모두 4 +
# 225개입니다. 이제 채널 점수와 위치 점수를 하나씩 짝지어 합치고 시그모이드(sigmoid)로 0과 1 사이의 값으로 바꾸면 게이트
# 4 · 225개가 됩니다.
#
# 두 수를 합치는 방법은 여러 가지입니다. 다음 셀은 그중 합, 곱, 둘 중 큰 값의 세 가지를 그립니다. 흰색은 열린 게이트,
# 검은색은 닫힌 게이트이고, 네 열이 각각 한 채널입니다.
#
# **예상해 보세요. 마지막 채널은 점수가 가장 낮습니다. 점수를 더하면 그 채널은 어디가 열릴까요? 곱하면 어디가 열릴까요?**

# %% experiment
from coursekit.plots import attention_overlay, comparison, curves, image_grid, image_row

channel_scores = np.array([3.0, 1.0, -1.0, -3.0])
down, across = np.mgrid[:15, :15]
position_scores = np.where(np.hypot(down - 7, across - 7) < 5, 2.0, -2.0)
ways = {"sum": np.add, "product": np.multiply, "maximum": np.maximum}
# ko: ways = {"합": np.add, "곱": np.multiply, "최댓값": np.maximum}
gates = {
    name: 1 / (1 + np.exp(-combine(channel_scores[:, None, None], position_scores)))
    for name, combine in ways.items()
}
open_at = [f"{(gate[-1] > 0.5).mean():.0%}" for gate in gates.values()]
title = "The last channel is open at {} of the positions by sum, {} by product, {} by maximum".format(*open_at)
# ko: title = "마지막 채널에서 열린 위치의 비율은 합 {}, 곱 {}, 최댓값 {}입니다".format(*open_at)
image_grid(gates, title, value_range=(0, 1))

# %% [markdown] lang="en"
# The first row is the **sum**, in which each branch can outvote the other: the best channel is open nearly everywhere, the
# worst nearly nowhere. The second row is the **product**; look at the right-hand columns. Where both scores are negative,
# −3 · −2 = 6, and the gate opens wide. The disc has turned inside out, because in a product the sign of one score means
# nothing by itself. The last row is the **maximum**, for which one high score is enough.
#
# The product has another trap. If one score is 0, the other has no effect, and its gradient is 0 as well, so near 0 the two
# branches keep each other from learning.
#
# **Paper and code disagree.** The paper adds (its equation 2), and in its Table 1 the sum is best: on CIFAR-100,
# ResNet-50 has 20.00 % error with the sum, 20.21 % with the product, 20.28 % with the maximum, and 21.49 % without
# attention. But the authors' released code *multiplies*. Readers have asked about it, and in the threads that we could read
# nobody answered, so your block will do both.

# %% [markdown] lang="ko"
# 첫 번째 줄은 **합**입니다. 어느 브랜치든 점수가 충분히 크면 다른 브랜치를 누를 수 있습니다. 그래서 점수가 가장 높은
# 채널은 거의 모든 위치가 열리고, 가장 낮은 채널은 거의 모든 위치가 닫힙니다. 두 번째 줄은 **곱**입니다. 오른쪽 열들을
# 보세요. 채널**과** 위치의 점수가 모두 음수이면 −3 · −2 = 6이 되어 게이트가 활짝 열립니다. 원의 안팎이 뒤바뀐 것입니다.
# 곱에서는 한 점수의 부호만으로는 아무것도 알 수 없습니다. 마지막 줄은 **최댓값**으로, 둘 중 하나만 높아도 열립니다.
#
# 곱에는 함정이 하나 더 있습니다. 한 점수가 0이면 다른 점수는 아무 영향을 주지 못하고, 그 기울기(gradient)도 0이 됩니다.
# 그래서 점수가 0에 가까울 때 두 브랜치는 서로의 학습을 방해합니다.
#
# **논문과 코드가 다릅니다.** 논문은 두 점수를 더하고(식 2), 표 1에서도 합이 가장 좋습니다. CIFAR-100에서 ResNet-50의
# 오류율은 합 20.00%, 곱 20.21%, 최댓값 20.28%이고, 어텐션이 없으면 21.49%입니다. 그런데 저자들이 공개한 코드는 점수를
# **곱합니다.** 독자들이 그 이유를 물었지만, 우리가 확인한 이슈 스레드에는 답이 없습니다. 여러분이 작성할 블록은 합과
# 곱을 모두 지원합니다.

# %% [markdown] lang="en"
# ## The whole module
#
# $$ M_c = \mathrm{FC}_2\big(\mathrm{ReLU}(\mathrm{BN}(\mathrm{FC}_1(\mathrm{GAP}(F))))\big) \qquad
# M_s = f_3^{1\times1}\big(f_2^{3\times3}(f_1^{3\times3}(f_0^{1\times1}(F)))\big) $$
#
# $$ M = \sigma(M_c + M_s) \qquad\qquad F' = F + F \odot M = F \odot (1 + M) $$
#
# | step | shape |
# |---|---|
# | feature map $F$ | (batch, H, W, C) |
# | channel scores $M_c$ | (batch, 1, 1, C) |
# | spatial scores $M_s$ | (batch, H, W, 1) |
# | gates $M$: both repeated along their axes of length 1 | (batch, H, W, C) |
# | raised map $F'$ | (batch, H, W, C) |
#
# Two things differ from lessons 3 and 4. There is **one sigmoid, after** the branches have been combined, so neither
# has a gate of its own. And there is a `1 +`: the gate says how much a value is *raised*, from 1 to 2 times. Nothing is
# turned down, and with $M = 0$ the map passes as it is.

# %% [markdown] lang="ko"
# ## 모듈 전체
#
# $$ M_c = \mathrm{FC}_2\big(\mathrm{ReLU}(\mathrm{BN}(\mathrm{FC}_1(\mathrm{GAP}(F))))\big) \qquad
# M_s = f_3^{1\times1}\big(f_2^{3\times3}(f_1^{3\times3}(f_0^{1\times1}(F)))\big) $$
#
# $$ M = \sigma(M_c + M_s) \qquad\qquad F' = F + F \odot M = F \odot (1 + M) $$
#
# | 단계 | 형태 |
# |---|---|
# | 특징 맵(feature map) $F$ | (batch, H, W, C) |
# | 채널 점수 $M_c$ | (batch, 1, 1, C) |
# | 공간 점수 $M_s$ | (batch, H, W, 1) |
# | 게이트 $M$: 길이가 1인 축을 따라 브로드캐스팅(broadcasting) | (batch, H, W, C) |
# | 키운 맵 $F'$ | (batch, H, W, C) |
#
# 레슨 3, 4와 다른 점이 두 가지 있습니다. 첫째, 시그모이드는 두 점수를 **합친 뒤에 한 번만** 적용합니다. 따라서
# 브랜치마다 따로 게이트가 있는 것이 아닙니다. 둘째, `1 +`가 있어서 게이트는 값을 얼마나 **키울지**를 1배에서 2배 사이로
# 정합니다. 줄어드는 값은 없고, $M = 0$이면 맵이 그대로 지나갑니다.

# %% [markdown] lang="en"
# ## Exercise 1: which channel?
#
# It is lesson 3's path up to the second dense layer, with batch normalisation in the middle. It ends with scores, not
# gates.
#
# **Where does the normalisation stand?** The paper's equations write one at the *end* of each branch. The released code
# has one behind every layer *but* the last, each followed by ReLU, of which the equations say nothing. The printed
# parameter counts do not settle it: 25.92 million for ResNet-50 on ImageNet fits both, 24.07 million on CIFAR-100 fits
# the equations only. We follow the code, which the released weights fit.

# %% [markdown] lang="ko"
# ## 연습 문제 1: 어떤 채널인가?
#
# 레슨 3의 두 번째 Dense 층까지와 같지만, 가운데에 배치 정규화(batch normalization)가 들어갑니다. 그리고 마지막에 나오는
# 것은 게이트가 아니라 점수입니다.
#
# **배치 정규화는 어디에 둘까요?** 논문의 식에는 브랜치마다 **끝**에 하나씩 있습니다. 반면 공개된 코드에는 마지막을
# **뺀** 모든 층 뒤에 있고, 그 뒤마다 식에는 나오지 않는 ReLU가 이어집니다. 논문에 적힌 파라미터 수로도 어느 쪽인지
# 가려지지 않습니다. ImageNet의 ResNet-50에 적힌 2,592만 개는 양쪽에 다 맞고, CIFAR-100의 2,407만 개는 식에만 맞기
# 때문입니다. 우리는 공개된 가중치와 맞는 코드를 따릅니다.

# %% solution="bam_channel_gate"
def bam_channel_gate(x, ratio=16):
    """Score every channel: which ones matter for this image?

    Args:
        x: feature map, (batch, height, width, channels).
        ratio: reduction ratio; the bottleneck has channels // ratio units, at least 1.

    Returns:
        Scores of any sign, (batch, 1, 1, channels). No sigmoid: it comes when both scores are combined.

    ko: 채널마다 점수를 매깁니다. 이 이미지에서는 어느 채널이 중요할까요?

    인수:
        x: 특징 맵, (batch, height, width, channels).
        ratio: 축소 비율. 병목의 유닛은 channels // ratio개(적어도 1개)입니다.

    반환값:
        음수도 될 수 있는 점수, (batch, 1, 1, channels). 시그모이드는 두 점수를 합칠 때 쓰므로 여기에는 없습니다.
    """
    ### BEGIN SOLUTION
    channels = x.shape[-1]
    scores = layers.GlobalAveragePooling2D(keepdims=True)(x)
    scores = layers.Dense(max(1, channels // ratio))(scores)
    scores = layers.BatchNormalization()(scores)
    scores = layers.ReLU()(scores)
    return layers.Dense(channels)(scores)
    ### END SOLUTION

# %% check="bam_channel_gate" points=4
check(bam_channel_gate)

# %% [markdown] lang="en"
# ## Exercise 2: seeing far at little cost
#
# To say *where* something matters, a position should see its surroundings. Lesson 4 took one kernel of 7 × 7 over all C
# channels. BAM first reduces the channels to C / r with a 1×1 convolution, then looks around twice with 3×3, and makes
# one score at the end.
#
# Two 3×3 convolutions see 5 × 5 positions. **Dilation** spreads the same nine taps out: with dilation 4 they lie four
# positions apart, and nothing in between is read. The kernel has no more weights than before. The padding must grow
# with it, one row for each position of reach; `padding="same"` sees to that. A padding of 1 would be right for a plain
# 3×3 kernel and shrink the map here.

# %% [markdown] lang="ko"
# ## 연습 문제 2: 적은 비용으로 멀리 보기
#
# **어느 위치**가 중요한지 알려면 위치마다 그 주변을 보아야 합니다. 레슨 4에서는 채널 C개를 모두 읽는 7 × 7 커널 하나를
# 썼습니다. BAM은 먼저 1×1 합성곱으로 채널을 C / r개로 줄이고, 3×3 합성곱으로 주변을 두 번 살핀 다음, 끝에서 점수 하나를
# 만듭니다.
#
# 3×3 합성곱을 두 번 거치면 5 × 5개의 위치를 보게 됩니다. **팽창 합성곱**(dilated convolution)은 커널이 읽는 아홉 위치의
# 간격을 벌립니다. 팽창률(dilation rate)이 4이면 네 위치씩 떨어진 곳만 읽고 그 사이는 읽지 않습니다. 이때 가중치 수는
# 늘지 않습니다. 다만 커널이 더 멀리까지 읽는 만큼 패딩(padding)도 늘려야 하는데, 이 일은 `padding="same"`이 해 줍니다.
# 패딩 1은 일반 3×3 커널에는 맞지만 여기서는 맵을 줄어들게 합니다.

# %% solution="bam_spatial_gate"
def bam_spatial_gate(x, ratio=16, dilation=4):
    """Score every position: where is something that matters for this image?

    Args:
        x: feature map, (batch, height, width, channels).
        ratio: reduction ratio; the bottleneck has channels // ratio channels, at least 1.
        dilation: distance between neighbouring taps of the 3×3 kernels.

    Returns:
        Scores of any sign, (batch, height, width, 1). No sigmoid here either, and a bias in every convolution.

    ko: 위치마다 점수를 매깁니다. 이 이미지에서 중요한 것은 어디에 있을까요?

    인수:
        x: 특징 맵, (batch, height, width, channels).
        ratio: 축소 비율. 병목의 채널은 channels // ratio개(적어도 1개)입니다.
        dilation: 팽창률. 3×3 커널이 읽는 이웃한 위치 사이의 거리.

    반환값:
        음수도 될 수 있는 점수, (batch, height, width, 1). 여기에도 시그모이드는 없고, 합성곱에는 모두 편향이 있습니다.
    """
    ### BEGIN SOLUTION
    scores = x
    for kernel_size, rate in ((1, 1), (3, dilation), (3, dilation)):
        filters = max(1, x.shape[-1] // ratio)
        scores = layers.Conv2D(filters, kernel_size, padding="same", dilation_rate=rate)(scores)
        scores = layers.BatchNormalization()(scores)
        scores = layers.ReLU()(scores)
    return layers.Conv2D(1, 1)(scores)
    ### END SOLUTION

# %% check="bam_spatial_gate" points=5
check(bam_spatial_gate)

# %% [markdown] lang="en"
# The next cell takes a random map of 21 × 21, changes *one* position, and marks every score of your branch that
# notices. *Predict: how many scores for dilation 1, 2 and 4, and how do they lie?*

# %% [markdown] lang="ko"
# 다음 셀은 21 × 21 크기의 무작위 맵에서 **한** 위치만 바꾸고, 그 때문에 달라진 점수를 모두 표시합니다. **예상해 보세요.
# 팽창률이 1, 2, 4일 때 표시되는 점수는 각각 몇 개이고, 어떻게 놓일까요?**

# %% experiment
from autograder import predict

predict("dilated_scores")

# %% experiment
def noticed(dilation):
    """Which scores change when the middle of a random map changes, (21, 21).

    ko: 무작위 맵의 가운데가 바뀌면 어느 점수가 바뀌는지, (21, 21)
    """
    keras.utils.set_random_seed(1)
    x = keras.Input((21, 21, 16))
    model = keras.Model(x, bam_spatial_gate(x, ratio=1, dilation=dilation))
    before = np.random.default_rng(0).standard_normal((1, 21, 21, 16), dtype="float32")
    after = before.copy()
    after[:, 10, 10] += 1
    return np.abs(np.array(model(after) - model(before)))[0] > 1e-6

fields = [noticed(dilation).astype(float) for dilation in (1, 2, 4)]
titles = [f"dilation {dilation}: {field.sum():.0f} scores" for dilation, field in zip((1, 2, 4), fields)]
# ko: titles = [f"팽창률 {dilation}: 점수 {field.sum():.0f}개" for dilation, field in zip((1, 2, 4), fields)]
display(image_row(fields, titles, "Two dilated convolutions reach further, and leave holes"))
# ko: display(image_row(fields, titles, "팽창 합성곱 두 개는 더 멀리 닿지만, 사이가 비게 됩니다"))
for side in (28, 14, 7):
    inside = np.mean([0 <= row + reach < side for row in range(side) for reach in (-8, -4, 0, 4, 8)]) ** 2
    print(f"dilation 4 on a map of {side} × {side}: {inside:.0%} of what is read lies inside the map")
    # ko: print(f"{side} × {side} 맵에서 팽창률 4: 읽는 위치의 {inside:.0%}가 맵 안에 있습니다")

# %% [markdown] lang="en"
# 25 scores each time: a solid square of 5 × 5, then a grid over 9 × 9, then one over 17 × 17. A larger field of view
# costs no weights, and has holes.
#
# Now read the printed lines. On small maps most of the taps land outside and read zeros. The paper tried dilations 1,
# 2, 4 and 6 on CIFAR-100 (Table 1): 20.47, 20.28, **20.00** and 20.08 % error. It took 4, for maps that are larger than
# ours.

# %% [markdown] lang="ko"
# 세 경우 모두 25개입니다. 처음에는 5 × 5 안에 빽빽하게 모여 있고, 다음에는 9 × 9에, 그다음에는 17 × 17에 격자처럼
# 흩어져 있습니다. 가중치를 늘리지 않고 더 멀리 보지만, 그 대신 사이사이에 구멍이 있습니다.
#
# 출력된 줄도 읽어 보세요. 작은 맵에서는 커널이 읽는 위치가 대부분 맵 밖으로 나가 0을 읽습니다. 논문은 CIFAR-100에서
# 팽창률 1, 2, 4, 6을 시험했고(표 1), 오류율은 20.47, 20.28, **20.00**, 20.08%였습니다. 그래서 4를 골랐지만, 이것은 우리
# 맵보다 큰 맵에서 얻은 결과입니다.

# %% [markdown] lang="en"
# **And the ratio?** It sets the width of the bottleneck (the kind of lesson 3) that both branches go through, and the
# same table has it ([Park et al.](https://arxiv.org/abs/1807.06514), Table 1, ResNet-50 on CIFAR-100):
#
# | ratio | no BAM | 4 | 8 | 16 | 32 |
# |---|---|---|---|---|---|
# | error, % | 21.49 | 20.46 | 20.56 | **20.00** | 21.24 |
#
# More units are not better: with ratio 4 the bottleneck has four times as many as with 16, and the error is no lower.
# With 32 nearly all of the gain is gone. A single error near 20 % on the 10,000 test images has a standard error of 0.4
# points. So what the table shows is the step at 32, and hardly an order of the other three.

# %% [markdown] lang="ko"
# **ratio는 어떨까요?** ratio는 두 브랜치가 지나는, 레슨 3에서 본 병목(bottleneck)의 너비를 정합니다. 같은 표에 그 결과도
# 있습니다([Park 등](https://arxiv.org/abs/1807.06514), 표 1, CIFAR-100의 ResNet-50).
#
# | ratio | BAM 없음 | 4 | 8 | 16 | 32 |
# |---|---|---|---|---|---|
# | 오류율(%) | 21.49 | 20.46 | 20.56 | **20.00** | 21.24 |
#
# 유닛이 많다고 더 좋은 것은 아닙니다. ratio가 4이면 16일 때보다 유닛이 네 배 많은데도 오류율은 더 낮지 않습니다. 32이면 낮아졌던
# 오류율이 거의 되돌아옵니다. 테스트 이미지 10,000장에서 20%에 가까운 오류율 하나의 표준 오차는 0.4%p(퍼센트포인트)입니다. 따라서 이
# 표에서 알 수 있는 것은 32에서 나빠진다는 점이고, 나머지 셋의 순서는 알기 어렵습니다.

# %% [markdown] lang="en"
# ## Exercise 3: the block
#
# Both branches read the same $x$. That is the difference to CBAM (lesson 6), where the spatial half reads what the
# channel half has made.

# %% [markdown] lang="ko"
# ## 연습 문제 3: 블록
#
# 두 브랜치가 모두 똑같은 $x$를 읽습니다. 이것이 CBAM(레슨 6)과 다른 점입니다. CBAM에서는 공간 어텐션이 채널 어텐션의
# 결과를 읽습니다.

# %% solution="bam_block"
def bam_block(x, ratio=16, dilation=4, combine="sum"):
    """Raise every value of a map by what its channel and its position are worth.

    Args:
        x: feature map, (batch, height, width, channels).
        ratio: reduction ratio of both branches.
        dilation: dilation of the spatial branch.
        combine: "sum" as in the paper, "product" as in the authors' released code.

    Returns:
        Feature map of the same shape: a gate can raise a value to twice its size, and never lowers it.

    ko: 맵의 모든 값을, 그 채널과 위치가 중요한 만큼 키웁니다.

    인수:
        x: 특징 맵, (batch, height, width, channels).
        ratio: 두 브랜치의 축소 비율.
        dilation: 공간 브랜치의 팽창률.
        combine: 논문에서처럼 "sum", 저자들이 공개한 코드에서처럼 "product".

    반환값:
        형태가 같은 특징 맵. 게이트는 값을 두 배까지 키울 수 있고, 줄이지는 않습니다.
    """
    ### BEGIN SOLUTION
    channel = bam_channel_gate(x, ratio)
    spatial = bam_spatial_gate(x, ratio, dilation)
    scores = channel * spatial if combine == "product" else channel + spatial
    return x * (1 + ops.sigmoid(scores))
    ### END SOLUTION

# %% check="bam_block" points=5
check(bam_block)

# %% [markdown] lang="en" explain="one_sigmoid"
# Why does BAM apply one sigmoid after the sum, and not one in each branch before it?
#
# ### BEGIN SOLUTION
# The sum of two sigmoids lies between 0 and 2, and neither branch can close what the other has opened; when the scores
# are added first, one low score can outweigh a high one, and the gate stays between 0 and 1.
# ### END SOLUTION

# %% [markdown] lang="ko" explain="one_sigmoid"
# BAM은 왜 두 점수를 더한 뒤에 시그모이드를 한 번만 적용하고, 더하기 전에 브랜치마다 적용하지 않을까요?
#
# ### BEGIN SOLUTION
# 시그모이드를 브랜치마다 적용해 더하면 0과 2 사이의 값이 되고 한쪽이 연 게이트를 다른 쪽이 닫을 수 없지만, 점수를 먼저
# 더하면 한쪽의 아주 낮은 점수가 다른 쪽의 높은 점수를 누를 수 있고 게이트도 0과 1 사이의 값이 됩니다.
# ### END SOLUTION

# %% [markdown] lang="en"
# **What does it do before it has learned anything?** The next cell divides your block's output by its input: first with
# random weights, then with all weights 0. Lesson 4's attention halves a map as long as its scores are 0. *Predict: what
# does BAM do to it? And three BAMs in a row?*
#
# Then it counts parameters. With $m = C / r$ the channel branch has $2Cm + 3m + C$ trainable ones, the spatial branch
# $Cm + 18m^2 + 10m + 1$. *Predict, on paper: C = 64, r = 16.*

# %% [markdown] lang="ko"
# **학습하기 전에는 무엇을 할까요?** 다음 셀은 블록의 출력을 입력으로 나눕니다. 먼저 무작위 가중치로, 다음에는 가중치를
# 모두 0으로 두고 나눕니다. 레슨 4의 어텐션은 점수가 0인 동안 맵을 절반으로 줄였습니다. **예상해 보세요. BAM은 맵을
# 어떻게 바꿀까요? BAM 세 개를 이으면 어떻게 될까요?**
#
# 이어서 파라미터를 셉니다. $m = C / r$일 때 학습 파라미터는 채널 브랜치가 $2Cm + 3m + C$개, 공간 브랜치가 $Cm + 18m^2 +
# 10m + 1$개입니다. **종이에 계산하면서 예상해 보세요. C = 64, r = 16이면 모두 몇 개일까요?**

# %% experiment
predict("bam_of_64")

# %% experiment
def network(block, channels, **options):
    """A model that is one block on maps of 14 × 14.

    ko: 14 × 14 맵에 블록 하나만 있는 모델
    """
    x = keras.Input((14, 14, channels))
    return keras.Model(x, block(x, **options))

def trainable(model):
    """How many numbers training changes.

    ko: 학습으로 바뀌는 숫자의 수
    """
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)

model = network(bam_block, 64)
maps = np.random.default_rng(0).uniform(0.1, 1, (8, 14, 14, 64)).astype("float32")
raised = np.array(model(maps)) / maps
print(f"random weights: values are raised {raised.min():.2f} to {raised.max():.2f} times")
# ko: print(f"무작위 가중치: 값이 {raised.min():.2f}배에서 {raised.max():.2f}배로 커집니다")
for weight in model.weights:
    weight.assign(np.zeros(weight.shape))
silent = (np.array(model(maps)) / maps).mean()
print(f"all weights 0: {silent:.2f} times; three in a row {silent**3:.2f} times")
# ko: print(f"가중치가 모두 0: {silent:.2f}배, 세 개를 잇따라 두면 {silent**3:.2f}배")
for channels in (64, 256, 512, 1024):
    which, where, both = (trainable(network(b, channels)) for b in (bam_channel_gate, bam_spatial_gate, bam_block))
    print(f"C = {channels:>4}: channel {which:>7,} + spatial {where:>7,} = {both:>7,}")
    # ko: print(f"C = {channels:>4}: 채널 {which:>7,} + 공간 {where:>7,} = {both:>7,}")

# %% [markdown] lang="en"
# 588 + 585 = **1,173**. (With the paper's equations taken literally, normalisation at the ends, it would be 1,271.)
# Whatever the weights are, every value is raised by 1 to 2 times; an untrained BAM raises by about 1.5. Three of them
# in a row make 3.4, not 1/8. The next normalisation takes such a factor away again, a small one as well as a large one,
# if nothing is added before. What stays is that with the `1 +` no gate can shut a value out.
#
# ## Exercise 4: at the bottlenecks
#
# The module does not go into every block. BAM stands **between the stages**, right before the map is halved, which is
# what its name calls a *bottleneck*: what matters is raised before something is lost for good.
#
# ```text
# stem ── stage 1 ── BAM ── stage 2 ── BAM ── stage 3 ── BAM ── stage 4 ── pool ── classes
# ```
#
# **Three, not four.** A Korean summary of the paper says that a ResNet has four bottlenecks. It has four *stages*;
# behind the last one nothing is halved any more, and the paper's Figure 1 and the code have three modules. In general
# there is one less than there are stages.

# %% [markdown] lang="ko"
# 588 + 585 = **1,173**개입니다. (논문의 식 그대로 정규화를 끝에 두면 1,271개가 됩니다.) 가중치가 무엇이든 모든 값이
# 1배에서 2배 사이로 커지고, 학습하지 않은 BAM은 1.5배쯤 키웁니다. 그래서 세 개를 이으면 8분의 1이 아니라 3.4배가
# 됩니다. 이렇게 곱해진 배수는 작든 크든, 그 전에 더해지는 것이 없으면 다음 배치 정규화에서 사라집니다. 그래도 남는 차이는
# `1 +`가 있으면 어떤 게이트도 값을 완전히 막을 수 없다는 점입니다.
#
# ## 연습 문제 4: 병목(bottleneck)에서
#
# 이 모듈은 어디에 둘까요? 모든 블록에 두지는 않습니다. BAM은 **스테이지(stage) 사이**, 맵이 반으로 줄어들기 바로 앞에
# 둡니다. 이름에 들어 있는 **병목**이 바로 이곳으로, 레슨 3의 병목과는 다른 것입니다. 정보가 영영 사라지기
# 전에 중요한 값을 키워 두려는 것입니다.
#
# ```text
# 스템 ─ 스테이지 1 ─ BAM ─ 스테이지 2 ─ BAM ─ 스테이지 3 ─ BAM ─ 스테이지 4 ─ 풀링 ─ 분류
# ```
#
# **넷이 아니라 셋입니다.** 이 논문을 소개한 한국어 글 하나는 ResNet에 병목이 4개 있다고 적었습니다. 그러나 4개인 것은
# **스테이지**입니다. 마지막 스테이지 뒤에서는 맵이 더 줄지 않으며, 논문의 그림 1과 코드에도 모듈은 세 개뿐입니다.
# 일반적으로 모듈의 수는 스테이지의 수보다 하나 적습니다.

# %% given="residual_block resnet"

# %% solution="bam_resnet"
def bam_resnet(input_shape, blocks, filters, classes, **options):
    """The ResNet with a BAM at every bottleneck: at the end of each stage but the last.

    Args:
        input_shape: (height, width, channels) of one image.
        blocks: number of blocks in each stage.
        filters: channels of each stage.
        classes: number of classes.
        options: what `bam_block` takes: ratio, dilation, combine.

    Returns:
        keras.Model from images to probabilities, (batch, classes).

    ko: 마지막을 뺀 모든 스테이지의 끝, 곧 병목마다 BAM을 둔 ResNet.

    인수:
        input_shape: 이미지 한 장의 (height, width, channels).
        blocks: 스테이지별 블록 수.
        filters: 스테이지별 채널 수.
        classes: 클래스 수.
        options: `bam_block`이 받는 것: ratio, dilation, combine.

    반환값:
        이미지에서 확률 (batch, classes)를 내는 keras.Model.
    """
    ### BEGIN SOLUTION
    def block(x, filters, stride, name):
        if stride == 2:
            x = bam_block(x, **options)
        return residual_block(x, filters, stride, name)

    return resnet(input_shape, blocks, filters, classes, block=block)
    ### END SOLUTION

# %% check="bam_resnet" points=4
check(bam_resnet)

# %% [markdown] lang="en"
# ## Bonus: mend this
#
# Here is CBAM's spatial attention (lesson 6) with two faults, both from published code. *Find them and mend them, without
# looking at your own.* `mend` tries the block as the check of `cbam_spatial_attention` would, and says which aspects are
# right, but not what is wrong. It gives no points.
#
# <details><summary>Where the faults are from</summary>
#
# One [port](https://github.com/xmu-xiaoma666/External-Attention-pytorch) leaves the
# convolution its default bias, which CBAM does not have. In [another](https://github.com/Peachypie98/CBAM/issues/2) the
# scores multiply the map as they are: without the sigmoid they are no gates, and can be negative.
# </details>

# %% [markdown] lang="ko"
# ## 보너스: 고쳐 보기
#
# 다음은 CBAM의 공간 어텐션(레슨 6)인데 고장 난 곳이 두 군데 있고, 둘 다 공개된 코드에 있던 것입니다. **여러분의 답을 보지
# 말고 찾아서 고쳐 보세요.** `mend`는 `cbam_spatial_attention`을 확인할 때처럼 블록을 시험해 어떤 측면이 맞는지만 알려 주고,
# 무엇이 틀렸는지는 알려 주지 않습니다. 점수는 없습니다.
#
# <details><summary>어디에 있던 실수인가</summary>
#
# 어떤 [코드](https://github.com/xmu-xiaoma666/External-Attention-pytorch)는 CBAM에
# 없는 편향(bias)을 합성곱의 기본값 그대로 남겨 두었습니다. [다른 코드](https://github.com/Peachypie98/CBAM/issues/2)에서는 점수를
# 그대로 맵에 곱합니다. 시그모이드를 거치지 않은 점수는 게이트가 아니며 음수일 수도 있습니다.
# </details>

# %% experiment
from autograder import mend

def repaired(inputs, kernel_size=7):
    """CBAM's spatial attention: a gate for each position, from the channels' average and maximum.

    ko: CBAM의 공간 어텐션. 채널의 평균과 최댓값으로 위치마다 게이트를 구합니다.
    """
    average = ops.mean(inputs, axis=-1, keepdims=True)
    largest = ops.max(inputs, axis=-1, keepdims=True)
    pooled = layers.Concatenate()([average, largest])
    scores = layers.Conv2D(1, kernel_size, padding="same")(pooled)
    return layers.Multiply()([inputs, scores])

mend(repaired, "cbam_spatial_attention")

# %% [markdown] lang="en"
# ## What it costs in ResNet-50
#
# What does it cost in the paper's network? The stages of ResNet-50 end with 256, 512, 1024 and 2048 channels. The next
# cell counts. *Predict: would a fourth BAM, behind the last stage, cost more than the other three together?*

# %% [markdown] lang="ko"
# ## ResNet-50에서 드는 비용
#
# 논문의 신경망에서는 비용이 얼마나 들까요? ResNet-50의 네 스테이지는 각각 채널 256, 512, 1024, 2048개로 끝납니다. 다음
# 셀에서 세어 봅시다. **예상해 보세요. 마지막 스테이지 뒤에 네 번째 BAM을 두면, 앞의 셋을 합친 것보다 비용이 더
# 들까요?**

# %% experiment
from coursekit import models

resnet_50 = trainable(models.resnet(50))
costs = {channels: trainable(network(bam_block, channels)) for channels in (256, 512, 1024, 2048)}
three = resnet_50 + sum(costs[channels] for channels in (256, 512, 1024))
print(f"ResNet-50: {resnet_50:,}   with three BAMs: {three:,}   more: {three / resnet_50 - 1:.1%}")
# ko: print(f"ResNet-50: {resnet_50:,}   BAM 세 개를 더하면: {three:,}   늘어난 비율: {three / resnet_50 - 1:.1%}")
print(f"a fourth would add {costs[2048]:,}; the three have {three - resnet_50:,}")
# ko: print(f"네 번째를 두면 {costs[2048]:,}개가 늘어납니다. 세 개를 합쳐도 {three - resnet_50:,}개입니다")

# %% [markdown] lang="en"
# 25,915,099: the paper prints 25.92 million. SE in every block needs seven times as many additional weights.
#
# The paper also tried a BAM in *every* block (Table 2). ResNet-50 then had 20.88 % error instead of 20.00, with many
# more parameters; but for PreResNet-110 every block was better, 21.29 against 21.96. So "at the bottlenecks" is good value
# for few weights rather than a law.
#
# ## Does it help here?
#
# First a small run: the ResNet of lesson 2 with one block a stage, plain, with BAM by sum, and with BAM by product. Our
# maps have few channels, so we take `ratio=4`. *Predict the order of the three lines. Will you trust it?*

# %% [markdown] lang="ko"
# 25,915,099개입니다. 논문에는 2,592만 개라고 적혀 있습니다. 블록마다 SE를 두면 추가되는 가중치가 일곱 배로 늘어납니다.
#
# 논문은 **블록마다** BAM을 두는 것도 시험했습니다(표 2). 그때 ResNet-50의 오류율은 20.00%가 아니라 20.88%였고
# 파라미터는 훨씬 늘었습니다. 하지만 PreResNet-110에서는 블록마다 둔 쪽이 오류율 21.29%로, 병목에만 둔 21.96%보다
# 좋았습니다. 그러니 "병목에"라는 것은 법칙이라기보다 비용에 비해 효과가 좋은 선택입니다.
#
# ## 여기서도 도움이 될까
#
# 먼저 작게 해 봅시다. 스테이지마다 블록이 하나인 레슨 2의 ResNet을 어텐션 없이, 합을 쓰는 BAM과 함께, 곱을 쓰는 BAM과
# 함께 학습합니다. 우리 맵은 채널이 적으므로 `ratio=4`로 둡니다. **세 선의 순서를 예상해 보세요. 그 순서를 믿을 수
# 있을까요?**

# %% experiment
from functools import partial

from coursekit.data import load_fashion_mnist
from coursekit.experiments import IMAGE_SHAPE, Budget, classification, means_and_seeds, network_name, report

BUDGET = Budget(images=1_000, epochs=3, seeds=1, test_images=500)
# In full, with more images and seeds: python experiments/lessons.py bam
# ko: 더 많은 이미지와 시드로 하는 전체 학습: python experiments/lessons.py bam

data = load_fashion_mnist()
arguments = (IMAGE_SHAPE, (1, 1, 1), (8, 16, 32), 10)
builders = {"plain": partial(resnet, *arguments)}
# ko: builders = {"일반": partial(resnet, *arguments)}
for combine in ("sum", "product"):
    builders[f"BAM, {combine}"] = partial(bam_resnet, *arguments, ratio=4, combine=combine)
runs = classification(builders, data, BUDGET)
for run in runs:
    print(f"{network_name(run.name):13}{run.parameters:,} parameters, {run.seconds:.0f} s")
    # ko: print(f"파라미터 {run.parameters:,}개, {run.seconds:.0f}초: {network_name(run.name)}")
title = f"After {BUDGET.epochs} epochs and one seed the three lie {np.ptp([run.history[-1] for run in runs]):.2f} apart"
# ko: title = f"시드 하나로 {BUDGET.epochs}에포크 학습하면 셋의 훈련 손실은 서로 {np.ptp([run.history[-1] for run in runs]):.2f} 이내로 차이가 납니다"
curves({run.name: [run.history] for run in runs}, title, "epoch", "training loss (cross-entropy)")
# ko: curves({run.name: [run.history] for run in runs}, title, "에포크", "훈련 손실(교차 엔트로피)")

# %% [markdown] lang="en"
# Three falling lines, with the plain network a little ahead for us after so few steps; one seed does not tell more. So the
# course ships several seeds with more images. In the figure each dot is a seed and each bar the 95 % interval of the mean;
# the lines above the figure have the differences of the means to the plain network.

# %% [markdown] lang="ko"
# 선 세 개가 모두 내려갑니다. 우리가 실행했을 때는 이렇게 적은 스텝(step) 뒤에는 어텐션이 없는 쪽이 조금 앞섰습니다.
# 그러나 시드(seed) 하나로는 그 이상을 알 수 없습니다. 그래서 강의에는 이미지를 늘려 시드 여러 개로 학습한 결과가 들어
# 있습니다. 그림에서 점 하나가 시드 하나이고, 막대는 평균의 95% 신뢰 구간입니다. 어텐션이 없는 신경망과의 평균 차이는
# 그림 위에 출력됩니다.

# %% experiment
accuracies = report("bam", "plain", 100)
title = "The means differ by {:.1f} points, the seeds of one network by up to {:.1f}".format(*means_and_seeds(accuracies))
# ko: title = "신경망의 평균끼리는 {:.1f}%p, 한 신경망의 시드끼리는 최대 {:.1f}%p 차이가 납니다".format(*means_and_seeds(accuracies))
comparison(accuracies, title, "accuracy on the test images (%)")
# ko: comparison(accuracies, title, "테스트 이미지의 정확도(%)")

# %% [markdown] lang="en"
# How to read it: look first at how far the dots of *one* row lie apart; chance alone does that. Where the interval of a
# difference contains 0, these seeds show neither gain nor loss, and they do not show which of sum and product is
# better.
#
# Others found little, too. In the paper, ResNet-50 on ImageNet goes from 24.56 % to 24.02 % top-1 error with BAM,
# ResNet-101 from 23.38 % to 22.44 %. An independent comparison of several modules under one schedule (PytorchInsight)
# finds as much for ResNet-50, 76.38 % accuracy without BAM and 76.90 % with it, and nothing for ResNet-101, 78.20 % and
# 78.22 %.
#
# ## Which branch decides?
#
# In a sum of two scores one cannot see which of them has decided, so the next network keeps both apart: one convolution, your
# two gates, an average over squares of 2 × 2, one dense layer. After training we look at the scores themselves, for a branch
# whose scores hardly vary decides little. The figure turns the spatial scores into gates, as for a channel whose own score
# is 0.
#
# *Predict: which branch varies more? Will the spatial one be open on the cloth or on the background?*

# %% [markdown] lang="ko"
# 읽는 법은 이렇습니다. 먼저 **한 줄 안에서** 점들이 얼마나 떨어져 있는지 보세요. 우연만으로도 그만큼 달라집니다. 차이의
# 신뢰 구간에 0이 들어 있으면 이 시드들로는 이득도 손해도 드러나지 않은 것이며, 합과 곱 가운데 어느 쪽이 나은지도 알 수
# 없습니다.
#
# 다른 곳에서도 차이는 작았습니다. 논문에서 ImageNet의 top-1 오류율은 BAM을 넣으면 ResNet-50이 24.56%에서 24.02%로,
# ResNet-101이 23.38%에서 22.44%로 내려갑니다. 여러 모듈을 같은 학습 스케줄로 학습해 독립적으로 비교한
# PytorchInsight에서 ResNet-50은 그만큼 좋아져 정확도가 BAM이 없을 때 76.38%, 있을 때 76.90%이지만, ResNet-101은
# 78.20%와 78.22%로 그대로입니다.
#
# ## 어느 쪽이 결정하는가
#
# 두 점수를 더하고 나면 어느 쪽의 영향이었는지 알 수 없습니다. 그래서 다음 신경망에서는 둘을 따로 꺼내 둡니다. 이
# 신경망은 합성곱 하나, 여러분이 작성한 브랜치 두 개, 2 × 2 영역마다의 평균, Dense 층 하나로 되어 있습니다. 학습이
# 끝나면 점수 자체를 들여다봅니다. 점수가 거의 변하지 않는 브랜치는 결과에 거의 영향을 주지 않습니다. 그림에서는 공간
# 점수를 게이트로 바꾸어, 채널 점수가 0인 채널의 게이트로 보여 줍니다.
#
# **예상해 보세요. 어느 브랜치의 점수가 더 크게 변할까요? 공간 브랜치의 게이트는 옷 영역에서 열릴까요, 배경에서
# 열릴까요?**

# %% experiment
def watcher(ratio=4):
    """A small classifier with one BAM: the classifier, and a model that also tells both scores.

    ko: BAM이 하나 있는 작은 분류기: 분류기, 그리고 두 점수도 함께 내는 모델
    """
    image = keras.Input(IMAGE_SHAPE)
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(image)
    which, where = bam_channel_gate(x, ratio), bam_spatial_gate(x, ratio)
    raised = x * (1 + ops.sigmoid(which + where))
    pooled = layers.Flatten()(layers.AveragePooling2D(2)(raised))
    classes = layers.Dense(10, activation="softmax")(pooled)
    return keras.Model(image, classes), keras.Model(image, [x, which, where]), keras.Model(raised, classes)

(train_images, train_labels), (test_images, test_labels) = data
keras.utils.set_random_seed(0)
classifier, telling, rest = watcher()
classifier.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", jit_compile=False)
scaled = train_images[:5_000, ..., np.newaxis] / np.float32(255)
classifier.fit(scaled, train_labels[:5_000], batch_size=64, epochs=4, verbose=0)
shown, labels = test_images[:2_000, ..., np.newaxis] / np.float32(255), test_labels[:2_000]
x, which, where = telling.predict(shown, verbose=0)
print(f"channel scores from {which.min():.1f} to {which.max():.1f}, variance {which.var():.2f}")
# ko: print(f"채널 점수: {which.min():.1f}부터 {which.max():.1f}까지, 분산 {which.var():.2f}")
print(f"spatial scores from {where.min():.1f} to {where.max():.1f}, variance {where.var():.2f}")
# ko: print(f"공간 점수: {where.min():.1f}부터 {where.max():.1f}까지, 분산 {where.var():.2f}")
one_of_each = [np.flatnonzero(labels == label)[2] for label in range(10)]
gate, cloth = 1 / (1 + np.exp(-where)), shown[:, ::2, ::2] > 0.1
on, off = gate[cloth].mean(), gate[~cloth].mean()
title = f"The spatial branch alone: mean gate {on:.2f} on cloth, {off:.2f} on the background"
# ko: title = f"공간 브랜치만의 게이트 평균: 옷 영역 {on:.2f}, 배경 {off:.2f}"
attention_overlay(shown[one_of_each], gate[one_of_each], title)

# %% [markdown] lang="en"
# The top row has a garment of each kind, the middle row the gate that the spatial branch alone would set (yellow for open,
# dark for shut), and the bottom row both; the title gives the mean on cloth and on background. A shut gate does not hide
# anything here: it lets the value through as it is, while an open one doubles it. Stripes and dots are traces of the dilated
# kernels and their holes.
#
# **Take the scores away.** The trained network stays as it is, and only the scores are replaced: by the mean over all
# images, so that the branch no longer sees *this* image; by another image's, so that it sees the wrong one; or by one
# number for all, so that the branch is gone. *Predict the order of the accuracies.*

# %% [markdown] lang="ko"
# 윗줄은 클래스마다 옷 한 장, 가운뎃줄은 공간 브랜치 혼자서 정했을 게이트(노란색이 열린 곳, 어두운 곳이 닫힌 곳),
# 아랫줄은 둘을 겹친 것입니다. 제목에는 옷 영역과 배경에서의 평균이 있습니다. 여기서 닫힌 게이트는 아무것도 가리지 않고
# 값을 그대로 통과시키며, 열린 게이트는 값을 두 배로 키웁니다. 줄무늬와 점무늬는 팽창 합성곱의 커널과 그 구멍이 남긴
# 흔적입니다.
#
# **점수를 바꿔 봅시다.** 학습한 신경망은 그대로 두고 점수만 바꿉니다. 모든 이미지의 평균으로 바꾸면 그 브랜치는 **이**
# 이미지를 더 이상 반영하지 못합니다. 다른 이미지의 점수로 바꾸면 엉뚱한 이미지를 반영하게 됩니다. 모두 같은 수로 바꾸면
# 그 브랜치는 없는 것과 같습니다. **정확도의 순서를 예상해 보세요.**

# %% experiment
def mean(scores):
    """The same scores for all images: their mean.

    ko: 모든 이미지에 똑같은 점수: 평균
    """
    return scores.mean(axis=0, keepdims=True)

def accuracy(which, where):
    """Of the classifier with these scores in the place of its own.

    ko: 분류기의 점수를 이 점수로 바꾸었을 때의 정확도
    """
    gates = 1 / (1 + np.exp(-(which + where)))
    return np.mean(rest.predict(x * (1 + gates), verbose=0).argmax(axis=1) == labels)

flat = np.full_like(where, where.mean())
trials = {
    "own scores": (which, where),
    # ko: "자신의 점수": (which, where),
    "channel scores of the mean image": (mean(which), where),
    # ko: "채널 점수를 이미지 평균으로": (mean(which), where),
    "spatial scores of the mean image": (which, mean(where)),
    # ko: "공간 점수를 이미지 평균으로": (which, mean(where)),
    "another image's channel scores": (np.roll(which, 1, axis=0), where),
    # ko: "다른 이미지의 채널 점수": (np.roll(which, 1, axis=0), where),
    "another image's spatial scores": (which, np.roll(where, 1, axis=0)),
    # ko: "다른 이미지의 공간 점수": (which, np.roll(where, 1, axis=0)),
    "one channel score for all": (np.full_like(which, which.mean()), where),
    # ko: "채널 점수를 모두 같게": (np.full_like(which, which.mean()), where),
    "one spatial score for all": (which, flat),
    # ko: "공간 점수를 모두 같게": (which, flat),
}
for name, scores in trials.items():
    print(f"{name:34}accuracy {accuracy(*scores):.1%}")
    # ko: print(f"정확도 {accuracy(*scores):.1%}   {name}")

# %% [markdown] lang="en"
# Look at how little is lost: whatever is replaced, the accuracy moves by a few points at most, and on 2,000 images a
# difference of one point means little. For us the spatial scores varied more, and replacing *them* cost a little more: a
# hint, but no proof.
#
# **Gate by gate.** The demo has your two branches in a somewhat deeper network that comes trained with the course. Choose a
# garment and a channel. The bars are the channels' scores, the chosen one with its number in bold; the map in the middle has
# the positions' scores. From these two follow the gates of the channel, and the map that they raise. Look first for a channel
# whose score is far from 0, then for one near 0. Then change the rest: `dilation` and the product use the *same* trained
# weights.
#
# *Predict: where the two scores have different signs, which of them decides? And what will the product do where both are
# negative?*
#
# <details><summary>The demo as a picture</summary>
#
# ![A sneaker in a network with BAM. Above, the image, the map of one channel, the scores of the positions with nine
# squares four positions apart, the gates of the channel, and the raised map. Below, sixteen channel scores as bars, and
# the probability of each class.](bam_branches.png)
#
# </details>

# %% [markdown] lang="ko"
# 정확도가 얼마나 적게 떨어지는지 보세요. 무엇을 바꾸어도 정확도는 많아야 몇 %p 움직이고, 이미지 2,000장에서 1%p 차이는
# 별 의미가 없습니다. 우리가 실행했을 때는 공간 점수가 더 크게 변했고, **공간 점수를** 바꾸었을 때 정확도가 조금 더
# 떨어졌습니다. 다만 이것은 실마리일 뿐 증거는 아닙니다.
#
# **게이트 하나하나 보기.** 데모는 강의에 들어 있는, 조금 더 깊은 학습된 신경망에 여러분의 두 브랜치를 넣습니다. 옷과
# 채널을 고르세요. 막대는 채널 점수이고, 선택한 채널의 번호는 굵은 글씨입니다. 가운데 맵은 위치 점수입니다. 이 두
# 점수에서 그 채널의 게이트가 나오고, 게이트가 맵을 키웁니다. 먼저 점수가 0에서 먼 채널을, 다음에 0에 가까운 채널을
# 찾아보세요. 그리고 나머지 설정도 바꿔 보세요. 팽창률(`dilation`)을 바꾸거나 곱으로 바꾸어도 학습된 가중치는
# **그대로**입니다.
#
# **예상해 보세요. 두 점수의 부호가 다르면 어느 쪽으로 정해질까요? 두 점수가 모두 음수인 곳에서 곱은 어떻게 될까요?**
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![BAM이 있는 신경망이 보는 운동화입니다. 위쪽에는 이미지, 한 채널의 맵, 네 위치씩 떨어진 사각형 아홉 개를 표시한 위치 점수,
# 그 채널의 게이트, 키운 맵이 있습니다. 아래쪽에는 채널 점수 16개의 막대와 클래스별 확률이 있습니다.](bam_branches.png)
#
# </details>

# %% experiment
from coursekit import live

live.bam_branches(bam_channel_gate, bam_spatial_gate)

# %% [markdown] lang="en"
# In a sum the score farther from 0 wins, whichever branch it comes from, so the branch whose scores lie farther from 0 decides
# more often; in a product neither can win alone. And a kernel that has learned at one dilation reads other things at another
# one: as many weights, but not the same layer.
#
# ## The answer
#
# **Yes: H · W · C gates from H · W + C scores.** Each value has a gate of its own, for 1,173 weights where C = 64. What is
# lost is freedom: with the sum, two channels that differ by 2 at one position differ by 2 at *every* position, before the
# sigmoid. A gate map of its own for each channel, as in the Residual Attention Network, cannot be made that way.
#
# > **What this does not show.** Our seeds cannot tell whether sum or product is better, and the paper's Table 1
# > compares them once, 0.21 points apart. Whether BAM helps here is in the printed differences, but for a network of eight
# > layers that was trained briefly. It has more parameters than the plain one, and a plain network of equal size was not tried.
# > Which branch decides was measured in two networks, each with one seed: put another number into
# > `keras.utils.set_random_seed` and see whether the same one decides. And dilation 4 was made for larger maps than ours;
# > at 7 × 7, 86 % of what it reads is padding.
#
# `progress()` shows what you have finished.
#
# ## Quiz
#
# **1.** A network has five stages. How many BAMs does it get, and how large is the map that the last of them sees,
# compared with the first?
#
# <details><summary>Answer</summary>
#
# Four, one at the end of each stage but the last. Between the first and the last of them the map is halved three times:
# an eighth of the height and width.
#
# </details>
#
# **2.** Someone writes `x * ops.sigmoid(scores)` and forgets the `1 +`. All shapes and parameter counts are right. What
# is different in an untrained network, and what can the trained one do that BAM cannot?
#
# <details><summary>Answer</summary>
#
# The map is about halved instead of raised to 1.5 times. And values can be turned down to 0, which BAM's gates, between
# 1 and 2 times, cannot. It is another module, not a broken one; but it is not BAM.
#
# </details>
#
# **3.** A channel has the score −4, a position the score −4. What is their gate with the sum, and with the product?
#
# <details><summary>Answer</summary>
#
# With the sum, $\sigma(-8) = 0.0003$: both close the gate. With the product, $\sigma(16)$, nearly 1, as for the scores 4 and
# 4. In a product, a score closes or opens only together with the other one: change the signs of both branches, and all
# gates stay as they are.
#
# </details>
#
# ## What to read
#
# - Park, Woo, Lee and Kweon, [BAM: Bottleneck Attention Module](https://arxiv.org/abs/1807.06514), 2018, and the
#   [released code](https://github.com/Jongchan/attention-module) with the product.
# - Yu and Koltun, [Multi-Scale Context Aggregation by Dilated Convolutions](https://arxiv.org/abs/1511.07122), 2015.
# - Wang and others, [Residual Attention Network for Image Classification](https://arxiv.org/abs/1704.06904), 2017: a
#   gate for every value by an hourglass, and the first `1 +`.
#
# Shut down this kernel before the next lesson: *Kernel → Shut Down Kernel*.

# %% [markdown] lang="ko"
# 합에서는 어느 브랜치에서 왔든 0에서 더 먼 점수가 이기므로, 0에서 먼 점수를 내는 브랜치가 결과를 더 자주 결정합니다. 반면
# 곱에서는 어느 쪽도 혼자 이길 수 없습니다. 그리고 어떤 팽창률에서 학습한 커널은 팽창률이 바뀌면 다른 위치를 읽습니다. 가중치
# 수는 같지만 같은 층이 아닙니다.
#
# ## 답
#
# **달 수 있습니다. 점수 H · W + C개로 게이트 H · W · C개를 만듭니다.** C = 64일 때 가중치 1,173개로 값마다 게이트가
# 하나씩 생깁니다. 대신 표현할 수 있는 게이트가 제한됩니다. 합을 쓸 때 한 위치에서 점수가 2만큼 차이 나는 두 채널은,
# 시그모이드를 적용하기 전에는 **모든** 위치에서 2만큼 차이가 납니다. 잔차 어텐션 신경망처럼 채널마다 서로 다른 게이트
# 맵은 이 방법으로 만들 수 없습니다.
#
# > **아직 알 수 없는 것.** 합과 곱 가운데 어느 쪽이 나은지는 우리 시드들로 알 수 없고, 논문의 표 1은 한 번 비교했으며 차이는
# > 0.21%p입니다. 여기서 BAM이 도움이 되는지는 출력된 차이에서 볼 수 있지만, 8층짜리 신경망을 짧게 학습한 결과입니다. BAM이
# > 있으면 파라미터가 더 많은데, 크기가 같은 일반 신경망(plain network)과는 비교하지 않았습니다. 어느 브랜치가 결정하는지는
# > 신경망 두 개를 시드 하나씩으로 학습해 측정했습니다. `keras.utils.set_random_seed`에 다른 수를 넣어, 그때도 같은 브랜치가
# > 결정하는지 보세요. 그리고 팽창률 4는 우리 맵보다 큰 맵을 위해 고른 값이어서, 7 × 7 맵에서는 읽는 것의 86%가 패딩입니다.
#
# 지금까지 마친 것은 `progress()`로 볼 수 있습니다.
#
# ## 퀴즈
#
# **1.** 스테이지가 다섯인 신경망이 있습니다. BAM은 몇 개를 둘까요? 마지막 BAM이 보는 맵은 첫 BAM이 보는 맵에 비해
# 얼마나 작을까요?
#
# <details><summary>답</summary>
#
# 네 개입니다. 마지막을 뺀 스테이지의 끝에 하나씩 둡니다. 첫 BAM과 마지막 BAM 사이에서 맵이 세 번 반으로 줄어, 높이와 너비가 각각
# 8분의 1이 됩니다.
#
# </details>
#
# **2.** 누군가 `1 +`를 잊고 `x * ops.sigmoid(scores)`라고 썼습니다. 형태와 파라미터 수는 모두 맞습니다. 학습하지 않은 신경망에서 무엇이
# 달라질까요? 학습한 뒤에는 BAM이 할 수 없는 무엇을 할 수 있을까요?
#
# <details><summary>답</summary>
#
# 맵이 1.5배로 커지는 대신 절반쯤으로 줄어듭니다. 그리고 값을 0까지 줄일 수 있습니다. BAM의 게이트는 1배에서 2배 사이라
# 그럴 수 없습니다. 고장 난 모듈이 아니라 다른 모듈입니다. 다만 BAM은 아닙니다.
#
# </details>
#
# **3.** 어떤 채널의 점수가 −4이고 어떤 위치의 점수도 −4입니다. 합을 쓰면 게이트가 얼마이고, 곱을 쓰면 얼마일까요?
#
# <details><summary>답</summary>
#
# 합이면 $\sigma(-8) = 0.0003$으로, 둘 다 게이트를 닫습니다. 곱이면 $\sigma(16)$이므로 거의 1이고, 점수가 4와 4일 때와
# 같습니다. 곱에서는 한 점수가 다른 점수와 함께일 때만 게이트를 열거나 닫습니다. 두 브랜치의 부호를 모두 바꾸어도 게이트는
# 모두 그대로입니다.
#
# </details>
#
# ## 더 읽을거리
#
# - Park, Woo, Lee, Kweon, [BAM: Bottleneck Attention Module](https://arxiv.org/abs/1807.06514), 2018. 곱을 쓰는 [공개된
#   코드](https://github.com/Jongchan/attention-module)도 있습니다.
# - Yu, Koltun, [Multi-Scale Context Aggregation by Dilated Convolutions](https://arxiv.org/abs/1511.07122), 2015.
# - Wang 외, [Residual Attention Network for Image Classification](https://arxiv.org/abs/1704.06904), 2017. 모래시계로 값마다
#   게이트를 만들었고, `1 +`를 처음 썼습니다.
#
# 다음 레슨으로 가기 전에 이 커널을 종료하세요: *Kernel → Shut Down Kernel*.
