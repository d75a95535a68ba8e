# %% [markdown] lang="en"
# # Residual attention
#
# In a photograph of a street, the channel that answers to wheels has other places to look at than the one that answers to
# faces. Channel attention (lesson 3) cannot tell them apart by place: its gate is the same at every position. Spatial
# attention (lesson 4) cannot tell them apart by channel. BAM (lesson 7) has a gate for every value,
# but adds it up from one score of the channel and one of the position. What if **every single value** of a map had a gate
# worked out for itself?
#
# Two things stand in the way. To judge a value one has to look far around it, and far looks are expensive. And with so many
# gates, in so many layers, closing each a little soon leaves nothing. The **Residual Attention Network** (Wang et al., 2017)
# answers the first with an hourglass, and the second with a 1.
#
# **Does a gate for every value help, and what is the 1 for?** You write the mask and the module around it. The last figure
# answers with five seeds each.
#
# Two exercises, 9 points, about <!-- minutes --> minutes.

# %% [markdown] lang="ko"
# # 잔차 어텐션
#
# 거리 사진에서 바퀴에 반응하는 채널과 얼굴에 반응하는 채널은 보아야 할 위치가 서로 다릅니다. 채널 어텐션(레슨 3)은
# 게이트(gate)가 모든 위치에서 같으므로 위치에 따라 둘을 다르게 다루지 못합니다. 공간 어텐션(레슨 4)은 게이트가 모든
# 채널에서 같습니다. BAM(레슨 7)에는 값마다 게이트가 있지만, 채널 점수와 위치 점수를 하나씩 더한 것입니다. 그렇다면 맵의
# **값 하나하나**마다 게이트를 따로 구하면 어떨까요?
#
# 그러려면 두 가지 문제를 풀어야 합니다. 값 하나의 비중을 정하려면 그 주변을 멀리까지 보아야 하는데, 멀리 보는 데는 비용이
# 많이 듭니다. 그리고 이렇게 많은 게이트를 여러 층에 두면, 게이트마다 조금씩만 닫혀도 얼마 지나지 않아 아무것도 남지
# 않습니다. **잔차 어텐션 신경망**(Residual Attention Network, Wang 등, 2017)은 첫 번째 문제를 모래시계 구조로, 두 번째
# 문제를 숫자 1로 풉니다.
#
# **값마다 게이트를 두면 도움이 될까요? 그리고 1은 왜 더할까요?** 마스크(mask)와, 그것을 넣은 모듈을 여러분이 작성합니다.
# 답은 마지막 그림에서 시드(seed) 다섯 개씩으로 확인합니다.
#
# 연습 문제 2개, 9점, 약 <!-- minutes -->분 분량입니다.

# %% [markdown] lang="en"
# **After this lesson** you can write a mask that looks far on a smaller map, and tell what 1 + M does to a signal
# that M alone does not. **You need** lessons 2 to 4.

# %% [markdown] lang="ko"
# **이 레슨을 마치면** 작은 맵에서 멀리 보는 마스크를 작성하고, 1 + M이 신호에 하는 일을 M만 곱할 때와
# 견주어 설명할 수 있습니다. **먼저** 레슨 2부터 4까지 마쳐야 합니다.

# %%
from autograder import check, hint, progress, start, your_turn

start("9-residual-attention")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% [markdown] lang="en"
# ## Who notices?
#
# We change *one* position of a map, in the middle of 21 × 21, and mark every output that notices. `reach` does that for any
# layer. *Predict: how many of the 441 positions notice with one 3×3 convolution, with three of them, and with the channel
# attention of lesson 3?*

# %% [markdown] lang="ko"
# ## 어디까지 영향이 미칠까
#
# 21 × 21 맵의 한가운데에서 **한** 위치만 바꾸고, 그 때문에 달라진 출력을 모두 표시합니다. `reach`는 어떤 층에 대해서든
# 이 일을 합니다. **예상해 보세요. 위치 441개 가운데 몇 개가 달라질까요? 3×3 합성곱 하나, 세 개, 레슨 3의 채널 어텐션일
# 때를 각각 생각해 보세요.**

# %% given="channel_attention"

# %% experiment
from coursekit.plots import image_row

def reach(layer, side=21):
    """Which outputs of a layer change when the middle of its input does, (side, side).

    ko: 입력의 가운데가 바뀌면 층의 어느 출력이 바뀌는지, (side, side)
    """
    keras.utils.set_random_seed(1)
    x = keras.Input((side, side, 8))
    model = keras.Model(x, layer(x))
    before = np.random.default_rng(0).standard_normal((1, side, side, 8)).astype("float32")
    after = before.copy()
    after[:, side // 2, side // 2] += 3
    return np.abs(np.array(model(after) - model(before)))[0].max(axis=-1) > 1e-5

def three_convolutions(x):
    for _ in range(3):
        x = layers.Conv2D(8, 3, padding="same")(x)
    return x

fields = {
    "one 3×3 convolution": reach(layers.Conv2D(8, 3, padding="same")),
    # ko: "3×3 합성곱 하나": reach(layers.Conv2D(8, 3, padding="same")),
    "three of them": reach(three_convolutions),
    # ko: "합성곱 세 개": reach(three_convolutions),
    "channel attention": reach(lambda x: channel_attention(x, "channel", ratio=2)),
    # ko: "채널 어텐션": reach(lambda x: channel_attention(x, "channel", ratio=2)),
}
titles = [f"{name}: {field.sum()} of {field.size}" for name, field in fields.items()]
# ko: titles = [f"{name}: {field.size}곳 가운데 {field.sum()}곳" for name, field in fields.items()]
pictures = [field.astype(float) for field in fields.values()]
image_row(pictures, titles, "Convolutions see near; a pooled gate sees all, blurred")
# ko: image_row(pictures, titles, "합성곱은 가까운 곳을 보고, 풀링한 게이트는 모든 곳을 흐리게 봅니다")

# %% [markdown] lang="en"
# White positions notice. What convolutions see grows slowly: each adds one position on every side. Channel attention notices
# everywhere, but all it has is an average: move the change to another place, and its gates stay the same.
#
# ## Far by going down: the soft mask
#
# Wang et al. (2017) build a mask $M$ that has one gate for **every channel of every position**, the shape of the map itself.
# To look far at little cost, its branch first halves the map, works there, and comes back up: *down and up*, like an
# hourglass.
#
# | step | shape, for 14 × 14 × 1024 |
# |---|---|
# | input | (batch, 14, 14, 1024) |
# | 1. max pooling 3×3, stride 2 | (batch, 7, 7, 1024) |
# | 2. two residual units | (batch, 7, 7, 1024) |
# | 3. bilinear resizing | (batch, 14, 14, 1024) |
# | 4. twice: batch normalisation, ReLU, 1×1 convolution | (batch, 14, 14, 1024) |
# | 5. sigmoid: the mask | (batch, 14, 14, 1024), in (0, 1) |
#
# On small maps one step of the network covers twice the distance, for a quarter of the work. The paper halves until 7 × 7 is
# left: three times in its first stage, twice in the second, once in the third. You write the third.
#
# **Sigmoid, not softmax.** A widely used port names its variables `softmax`, for *soft mask*, and that has misled its readers.
# The gates do not compete.
#
# The next cell gives the network's building block, a bottleneck whose activations come first.

# %% [markdown] lang="ko"
# 흰 곳이 달라진 위치입니다. 합성곱이 보는 범위는 천천히 넓어집니다. 하나를 더할 때마다 사방으로 한 위치씩 늘어날
# 뿐입니다. 채널 어텐션에서는 모든 위치가 달라지지만, 게이트가 아는 것은 평균뿐입니다. 그래서 값을 바꾼 위치를 다른 곳으로
# 옮겨도 게이트는 그대로입니다.
#
# ## 맵을 줄여서 멀리 보기: 소프트 마스크(soft mask)
#
# Wang 등(2017)의 마스크 $M$에는 **모든 위치의 모든 채널**에 게이트가 하나씩 있습니다. 즉 형태가 맵 자체와 같습니다.
# 적은 비용으로 멀리 보려고, 먼저 맵을 절반으로 줄이고 거기서 계산한 다음 다시 키웁니다. 모래시계처럼 **내려갔다가
# 올라오는** 구조입니다.
#
# | 단계 | 형태 (14 × 14 × 1024일 때) |
# |---|---|
# | 입력 | (batch, 14, 14, 1024) |
# | 1. 최대 풀링(max pooling) 3×3, 스트라이드(stride) 2 | (batch, 7, 7, 1024) |
# | 2. 잔차 유닛 두 개 | (batch, 7, 7, 1024) |
# | 3. 쌍선형 보간(bilinear interpolation)으로 크기 되돌리기 | (batch, 14, 14, 1024) |
# | 4. 두 번: 배치 정규화(batch normalization), ReLU, 1×1 합성곱 | (batch, 14, 14, 1024) |
# | 5. 시그모이드(sigmoid): 마스크 | (batch, 14, 14, 1024), 0과 1 사이 |
#
# 작은 맵에서는 한 위치가 두 배의 거리에 해당하고, 연산량은 4분의 1입니다. 논문은 7 × 7이 될 때까지 맵을 줄입니다. 첫
# 번째 스테이지(stage)에서는 세 번, 두 번째에서는 두 번, 세 번째에서는 한 번입니다. 여러분은 세 번째를 작성합니다.
#
# **소프트맥스(softmax)가 아니라 시그모이드입니다.** 널리 쓰이는 한 구현은 **소프트 마스크**라는 뜻으로 변수 이름을 `softmax`라고
# 지어서 읽는 사람들을 헷갈리게 했습니다. 게이트는 서로 경쟁하지 않습니다.
#
# 다음 셀은 이 신경망의 기본 블록, 곧 활성화 함수가 먼저 오는 병목(bottleneck) 유닛입니다.

# %%
def residual_unit(x):
    """A bottleneck with its activations first: BN-ReLU-convolution three times (1×1, 3×3, 1×1), plus x.

    ko: 활성화 함수가 앞에 오는 병목: BN-ReLU-합성곱 세 번(1×1, 3×3, 1×1), 그리고 x를 더합니다.
    """
    channels = x.shape[-1]
    y = x
    for filters, kernel_size in ((channels // 4, 1), (channels // 4, 3), (channels, 1)):
        y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.Conv2D(filters, kernel_size, padding="same", use_bias=False)(y)
    return layers.Add()([x, y])

# %% solution="soft_mask"
def soft_mask(x):
    """A mask as large as x: one gate between 0 and 1 for every channel of every position.

    Args:
        x: feature map, (batch, height, width, channels).

    Returns:
        The mask M, (batch, height, width, channels). Its convolutions have no bias.

    ko: x와 크기가 같은 마스크: 위치와 채널마다 0과 1 사이의 게이트 하나.

    인수:
        x: 특징 맵, (batch, height, width, channels).

    반환값:
        마스크 M, (batch, height, width, channels). 합성곱에는 편향이 없습니다.
    """
    ### BEGIN SOLUTION
    height, width, channels = x.shape[1:]
    mask = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    mask = residual_unit(residual_unit(mask))
    mask = ops.image.resize(mask, (height, width), interpolation="bilinear")
    for _ in range(2):
        mask = layers.ReLU()(layers.BatchNormalization()(mask))
        mask = layers.Conv2D(channels, 1, use_bias=False)(mask)
    return layers.Activation("sigmoid")(mask)
    ### END SOLUTION

# %% check="soft_mask" points=5
check(soft_mask)

# %% [markdown] lang="en"
# *Predict: the two units have one 3×3 convolution each. One after the other, how far do they reach at full size, and how
# far inside your mask?*

# %% [markdown] lang="ko"
# **예상해 보세요. 두 유닛에는 3×3 합성곱이 하나씩 있습니다. 둘을 이으면 원래 크기에서는 얼마나 멀리, 여러분의 마스크 안에서는
# 얼마나 멀리 볼까요?**

# %% experiment
fields = {
    "two units at full size": reach(lambda x: residual_unit(residual_unit(x))),
    # ko: "원래 크기, 유닛 두 개": reach(lambda x: residual_unit(residual_unit(x))),
    "your soft mask": reach(soft_mask),
    # ko: "여러분의 소프트 마스크": reach(soft_mask),
}
for name, field in fields.items():
    rows = np.flatnonzero(field.any(axis=1))
    print(f"{name}: {field.sum()} of {field.size} positions, {rows[-1] - rows[0] + 1} rows")
    # ko: print(f"{name}: 위치 {field.size}곳 가운데 {field.sum()}곳, {rows[-1] - rows[0] + 1}행")
pictures = [field.astype(float) for field in fields.values()]
image_row(pictures, list(fields), "The same units reach farther on a halved map")
# ko: image_row(pictures, list(fields), "같은 유닛이라도 반으로 줄인 맵에서 더 멀리 닿습니다")

# %% [markdown] lang="en"
# A patch of five rows against one of about twice as many. (They are ragged where ReLUs were shut before and after.)
#
# ## One plus the mask
#
# What to do with the mask? Multiply the trunk's features by it, $M \cdot T$, as in every lesson so far? The paper calls that
# *naive attention learning* and proposes **attention residual learning**:
#
# $$ H_{h,w,c} = (1 + M_{h,w,c})\; T_{h,w,c} $$
#
# *Predict: an untrained mask is about 0.5 everywhere. What is left of a signal after six modules of $M \cdot T$, and after
# six of $(1 + M) \cdot T$?* The next cell applies your own mask six times, without a trunk.

# %% [markdown] lang="ko"
# 하나는 다섯 행에, 다른 하나는 그 두 배쯤 되는 행에 걸쳐 퍼져 있습니다. (모양이 들쭉날쭉한 것은 바꾸기 전에도 뒤에도
# 닫혀 있던 ReLU 때문입니다.)
#
# ## 1 더하기 마스크
#
# 마스크로 무엇을 할까요? 지금까지처럼 트렁크(trunk)의 특징에 곱하면 $M \cdot T$입니다. 논문은 이것을 **단순한 어텐션 학습**(naive
# attention learning)이라 부르고, 대신 **어텐션 잔차 학습**(attention residual learning)을 제안합니다.
#
# $$ H_{h,w,c} = (1 + M_{h,w,c})\; T_{h,w,c} $$
#
# **예상해 보세요. 학습하기 전의 마스크는 어디서나 0.5쯤입니다. $M \cdot T$ 모듈 여섯 개를 지나면 신호가 얼마나 남을까요? $(1 + M) \cdot
# T$ 여섯 개를 지나면 어떨까요?** 다음 셀은 트렁크 없이 여러분의 마스크만 여섯 번 적용합니다.

# %% experiment
from autograder import predict

predict("six_masks")

# %% experiment
from coursekit.plots.style import LINE_STYLES, PALETTE, sheet

def strengths(apply, modules=6):
    """The spread of a map after 0, 1, … modules, each with a new mask, as a share of the first.

    ko: 저마다 새 마스크를 쓰는 모듈을 0개, 1개, … `modules`개 지난 맵의 표준편차를 처음에 대한 비율로 나타낸 것
    """
    y = np.random.default_rng(0).standard_normal((1, 14, 14, 16)).astype("float32")
    spreads = [y.std()]
    for _ in range(modules):
        x = keras.Input(y.shape[1:])
        y = np.array(keras.Model(x, apply(soft_mask(x), x))(y))
        spreads.append(y.std())
    return np.array(spreads) / spreads[0]

keras.utils.set_random_seed(0)
lines = {"M · T": strengths(lambda m, t: m * t), "(1 + M) · T": strengths(lambda m, t: (1 + m) * t)}
title = "After six masks, M · T leaves {:.0%} of the signal; with 1 + M it has grown {:.0f}-fold"
# ko: title = "마스크 여섯 개를 지나면 M · T에서는 신호의 {:.0%}가 남고, 1 + M에서는 {:.0f}배로 커집니다"
with sheet(title.format(*(values[-1] for values in lines.values())), 3.4) as figure:
    ax = figure.subplots()
    for (name, values), colour, style in zip(lines.items(), PALETTE, LINE_STYLES):
        ax.plot(values, style, color=colour, marker="o", label=name)
    ax.axhline(1, color="#595959", linewidth=1)
    ax.set(xlabel="modules", ylabel="spread (share of the input's)", yscale="log")
    # ko: ax.set(xlabel="모듈 수", ylabel="표준편차(입력에 대한 비율)", yscale="log")
    ax.legend(frameon=False)
display(figure)

# %% [markdown] lang="en" explain="one_plus_mask"
# Why does the Residual Attention Network multiply its features by 1 + M, and not by M?
#
# ### BEGIN SOLUTION
# Multiplied by gates below 1, module after module, a signal dies out, and what is shut once is gone for all later layers;
# with 1 + M a shut gate passes the features on as they are.
# ### END SOLUTION

# %% [markdown] lang="ko" explain="one_plus_mask"
# 잔차 어텐션 신경망은 왜 특징에 M이 아니라 1 + M을 곱할까요?
#
# ### BEGIN SOLUTION
# 1보다 작은 게이트를 모듈마다 곱하면 신호가 점점 약해지고 한번 닫힌 값은 뒤의 층에 전해지지 않지만, 1 + M을 곱하면
# 게이트가 닫혀도 특징이 그대로 지나갑니다.
# ### END SOLUTION

# %% [markdown] lang="en"
# The line of $M \cdot T$ falls by half with each module, and a value that was shut once is gone for all later layers. With $1 + M$
# nothing can be shut out, only stressed: each value is scaled by 1 to 2. The signal grows instead, which the batch
# normalisation of the next unit takes back. BAM (lesson 7) has the same 1.
#
# A whole module has a unit before the split, two in the trunk, one behind the product.

# %% [markdown] lang="ko"
# $M \cdot T$의 선은 모듈마다 절반으로 떨어집니다. 한번 닫힌 값은 뒤의 층에서 사라진 것이나 마찬가지입니다. 반면 $1 +
# M$은 값마다 1배에서 2배를 곱하므로 아무것도 막지 못하고 강조만 합니다. 대신 신호가 커지는데, 다음 유닛의 배치 정규화가
# 이를 되돌립니다. BAM(레슨 7)에도 같은 1이 있습니다.
#
# 모듈 하나는 갈라지기 전의 유닛 하나, 트렁크의 유닛 두 개, 곱한 뒤의 유닛 하나로 이루어집니다.

# %% solution="residual_attention"
def residual_attention(x):
    """One attention module: a trunk, and a mask that lets 1 to 2 times of it through.

    Args:
        x: feature map, (batch, height, width, channels).

    Returns:
        Feature map of the same shape.

    ko: 어텐션 모듈 하나: 트렁크, 그리고 트렁크의 값을 1배에서 2배까지 통과시키는 마스크.

    인수:
        x: 특징 맵, (batch, height, width, channels).

    반환값:
        형태가 같은 특징 맵.
    """
    ### BEGIN SOLUTION
    x = residual_unit(x)
    trunk = residual_unit(residual_unit(x))
    mask = soft_mask(x)
    return residual_unit((1 + mask) * trunk)
    ### END SOLUTION

# %% check="residual_attention" points=4
check(residual_attention)

# %% [markdown] lang="en"
# Your module at the size of the paper's third stage, and the whole network from the course's package. Attention-56 has three
# modules, one a stage, and deeper masks in the first two stages; Attention-92 has six. *Predict: your module alone, in millions of parameters?*

# %% [markdown] lang="ko"
# 논문의 세 번째 스테이지 크기에서 여러분이 작성한 모듈의 파라미터 수와 연산량을 세고, 강의 패키지에 있는 신경망 전체의
# 것도 셉니다. Attention-56은 스테이지마다 하나씩 모듈이 세 개이고, 앞의 두 스테이지는 마스크가 더 깊습니다. Attention-92는
# 여섯 개입니다. **예상해 보세요. 여러분의 모듈 하나는 파라미터가 몇백만 개일까요?**

# %% experiment
from coursekit.models.catalogue import network, on_a_map
from coursekit.models.cost import cost

yours = cost(on_a_map(residual_attention, (14, 14, 1024)))
print(f"your module at 14 × 14 × 1024: {yours.trainable:,} parameters, {yours.multiply_adds:,} multiply-adds")
# ko: print(f"14 × 14 × 1024에서 여러분의 모듈: 파라미터 {yours.trainable:,}개, 곱셈-누산(MAC) {yours.multiply_adds:,}번")
for name in ("Attention-56", "Attention-92"):
    whole = cost(network(name))
    print(f"{name}: {whole.trainable:,} parameters, {whole.multiply_adds:,} multiply-adds")
    # ko: print(f"{name}: 파라미터 {whole.trainable:,}개, 곱셈-누산 {whole.multiply_adds:,}번")

# %% [markdown] lang="en"
# **8,804,352** and **31,810,728**, as in the released network. For the larger one the paper's table prints 51.3 million, which
# does not fit what was released: 52,466,344. Ports on the web often build another one: they add in a
# map of which the resizing needs only the *size*, or leave out the normalisations before the last two convolutions.
#
# This is no block to be slipped into a network, as those of lessons 3 to 7 were. Trunk and mask are many layers each, and the
# network consists of such modules.

# %% [markdown] lang="ko"
# **8,804,352개**와 **31,810,728개**로, 공개된 신경망과 같습니다. 더 큰 신경망은 논문의 표에 5,130만 개라고 적혀 있지만
# 공개된 것은 52,466,344개라서 서로 맞지 않습니다. 웹에 있는 구현은 다른 신경망일 때가 많습니다. 얼마나 키울지
# 알려 주는 데만 쓰는 맵을 더해 버리거나, 마지막 두 합성곱 앞의 정규화를 빠뜨리기 때문입니다.
#
# 레슨 3부터 7까지의 블록은 신경망에 끼워 넣는 것이었지만 이 모듈은 다릅니다. 트렁크와 마스크가 저마다 여러 층이고,
# 신경망 자체가 이런 모듈들로 이루어집니다.

# %% [markdown] lang="en"
# ## Bonus: mend this
#
# Masks again, those of lesson 8. Here is its penalty for heads that look at the same place, with two faults from published code.
# Nothing in it learns, and the shape is right, one number for each image. *What would a training that makes it small do to
# the masks? Find both faults and mend them, without looking at your own.* `mend` tries it as the check of `mask_diversity`
# would, and says which aspects are right, but not what is wrong. It gives no points.
#
# <details><summary>Where the faults are from</summary>
#
# The code of a paper about [recognising people in videos](https://github.com/ShuangLI59/Diversity-Regularized-Spatiotemporal-Attention/issues/2)
# lacks the square of the paper's Eq. 9, as a reader noticed. [RIDE](https://github.com/frank-xwang/RIDE-LongTailRecognition/issues/2) lost a
# minus sign when the code was tidied up for publication, and its diversity, which should grow, was made small.
# </details>

# %% [markdown] lang="ko"
# ## 보너스: 고쳐 보기
#
# 다시 마스크인데, 이번에는 레슨 8의 마스크입니다. 다음은 여러 헤드(head)가 같은 곳을 볼 때 커지는 페널티 항(penalty term)으로, 고장 난
# 곳이 두 군데 있고 둘 다 공개된 코드에 있던 것입니다. 학습할 파라미터는 없고, 형태도 이미지마다 수 하나로 맞습니다. **이 값을 줄이도록
# 학습하면 마스크는 어떻게 될까요? 여러분의 답을 보지 말고 찾아서 고쳐 보세요.** `mend`는 `mask_diversity`를 확인할 때처럼 함수를
# 시험해 어떤 측면이 맞는지만 알려 주고, 무엇이 틀렸는지는 알려 주지 않습니다. 점수는 없습니다.
#
# <details><summary>어디에 있던 실수인가</summary>
#
# [영상에서 사람을 알아보는 논문](https://github.com/ShuangLI59/Diversity-Regularized-Spatiotemporal-Attention/issues/2)의 코드에는
# 논문의 식 9에 있는 제곱이 없다는 것을 어느 독자가 알아차렸습니다. [RIDE](https://github.com/frank-xwang/RIDE-LongTailRecognition/issues/2)에서는
# 공개하려고 코드를 정리하다가 음의 부호를 빠뜨려서, 커져야 할 다양성이 작아지도록 학습했습니다.
# </details>

# %% experiment
from autograder import mend

def repaired(masks):
    """A term of the loss: how much the masks of each image overlap.

    ko: 손실의 한 항. 이미지마다 마스크가 서로 겹치는 정도입니다.
    """
    overlaps = ops.einsum("bhwi,bhwj->bij", masks, masks)
    others = overlaps * (1 - ops.eye(masks.shape[-1]))
    return -ops.mean(others, axis=(1, 2))

mend(repaired, "mask_diversity")

# %% [markdown] lang="en"
# ## What a trained mask does
#
# The demo has the small network that you will meet below, trained on 30,000 garments with $1 + M$, and *your* `soft_mask` in
# its second module. Choose a channel: you see what the trunk found there, the mask beside it, and what is left when this mask
# is applied again and again, with the 1 or without. The lines below follow the channel's strength (the root mean square of its
# values); their axis is logarithmic.
#
# Begin with channel 5, then take channel 0 and move the modules. *Predict: untrained masks were near 0.5 everywhere. Has
# training opened the gates, or closed them?*
#
# <details><summary>The demo as a picture</summary>
#
# ![A sneaker, one channel of the trunk on 7 × 7 positions, its mask, whose gates are open at the heel and half shut below the
# toe, and the channel after two modules of M · T, faint where the gates are low. Below, two lines over the number of modules:
# that of M · T falls, that of (1 + M) · T rises.](masked_trunk.png)
#
# </details>

# %% [markdown] lang="ko"
# ## 학습된 마스크가 하는 일
#
# 데모에 쓰인 것은 아래에 나오는 작은 신경망입니다. $1 + M$으로 옷 이미지 30,000장을 학습했고, 두 번째 모듈에는
# **여러분의** `soft_mask`를 넣었습니다. 채널을 고르면 트렁크가 찾은 것과 그 마스크가 나란히 보이고, 이 마스크를 되풀이해
# 적용했을 때 1이 있는 경우와 없는 경우에 무엇이 남는지도 보입니다. 아래의 선은 채널의 세기(값들의 제곱평균제곱근)이며
# 축은 로그 눈금입니다.
#
# 채널 5에서 시작해 보고, 채널 0으로 바꾼 다음 모듈 수를 움직여 보세요. **예상해 보세요. 학습하기 전의 마스크는 어디서나
# 0.5쯤이었습니다. 학습은 게이트를 열었을까요, 닫았을까요?**
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![스니커즈, 7 × 7 위치에서 트렁크의 채널 하나, 그 마스크, 그리고 M · T 모듈 두 개를 지난 채널입니다. 마스크의 게이트는
# 뒤축 쪽에서 열려 있고 앞코 아래에서 반쯤 닫혀 있으며, 게이트가 작은 곳에서는 채널이 흐려집니다. 아래에는 모듈 수에 따른
# 선이 두 개 있는데, M · T의 선은 내려가고 (1 + M) · T의 선은 올라갑니다.](masked_trunk.png)
#
# </details>

# %% experiment
from coursekit import live

live.masked_trunk(soft_mask)

# %% [markdown] lang="en"
# Most gates have closed; channel 5, where you began, is one of the few that have not. In a network of $M \cdot T$ closed gates
# would throw features away; with $1 + M$ a closed gate costs nothing, because the value still passes as it is. So the same 0.05
# means two things: "gone" in the one rule, "nothing special" in the other. Read masks from papers with that in mind, and look
# for the rule before you look at the picture.
#
# Applying one mask several times is a thought experiment, of course. In a deep network every module has its own, and batch
# normalisation between them restores the scale. What it cannot restore is what has become smaller than the rounding, or than
# the other channels' noise.
#
# ## Does it help?
#
# Two modules behind a strided convolution, in three ways: no mask, $M \cdot T$, $(1 + M) \cdot T$, all made of your
# `soft_mask` and the unit above. First a small run with one seed. *Predict the order of the three training losses.*

# %% [markdown] lang="ko"
# 게이트는 대부분 닫혔습니다. 처음에 본 채널 5는 그렇지 않은 몇 안 되는 채널입니다. $M \cdot T$로 만든 신경망이었다면 특징을 버리는 셈이지만, $1 + M$에서는 닫힌 게이트도 값을
# 그대로 통과시키므로 잃는 것이 없습니다. 그래서 같은 0.05가 한쪽에서는 "사라졌다"를, 다른 쪽에서는 "특별할 것 없다"를
# 뜻합니다. 논문에 실린 마스크를 볼 때도 그림보다 먼저 어느 쪽 식을 썼는지 확인하세요.
#
# 물론 마스크 하나를 여러 번 적용하는 것은 사고 실험입니다. 깊은 신경망에서는 모듈마다 마스크가 다르고, 그 사이의 배치
# 정규화가 값의 크기를 되돌립니다. 다만 반올림 오차보다, 또는 다른 채널의 잡음보다 작아져 버린 것은 되돌리지 못합니다.
#
# ## 도움이 될까
#
# 스트라이드가 있는 합성곱 뒤에 모듈 두 개를 두고 세 가지로 비교합니다. 마스크가 없는 것, $M \cdot T$, $(1 + M) \cdot
# T$이며, 모두 여러분의 `soft_mask`와 위의 유닛으로 만듭니다. 먼저 시드 하나로 짧게 학습합니다. **훈련 손실(loss) 셋의 순서를 예상해
# 보세요.**

# %%
def ways():
    """What stands between the trunk and the module's last unit: name -> function of the module's x and its trunk.

    ko: 트렁크와 모듈의 마지막 유닛 사이에 오는 것: 이름 -> 모듈의 x와 트렁크를 받는 함수
    """
    return {
        "no mask": lambda x, trunk: trunk,
        "M · T": lambda x, trunk: soft_mask(x) * trunk,
        "(1 + M) · T": lambda x, trunk: (1 + soft_mask(x)) * trunk,
    }

def small_network(attend):
    """A classifier of garments: two modules on 7 × 7 positions with 16 channels.

    ko: 옷을 분류하는 신경망: 7 × 7 위치, 채널 16개에서 모듈 두 개
    """
    image = keras.Input((28, 28, 1))
    x = layers.Conv2D(16, 5, strides=4, padding="same", use_bias=False)(image)
    for _ in range(2):
        x = residual_unit(x)
        x = residual_unit(attend(x, residual_unit(residual_unit(x))))
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(layers.BatchNormalization()(x)))
    return keras.Model(image, layers.Dense(10, activation="softmax")(x))

# %% experiment
from functools import partial

from coursekit.data import load_fashion_mnist
from coursekit.experiments import Budget, classification, network_name
from coursekit.plots import curves

# A small run. With more images and seeds: python experiments/lessons.py masks
# ko: 작은 학습입니다. 더 많은 이미지와 시드로 하려면: python experiments/lessons.py masks
BUDGET = Budget(images=2_000, epochs=3, seeds=1, test_images=1_000)

data = load_fashion_mnist()
builders = {name: partial(small_network, attend) for name, attend in ways().items()}
runs = classification(builders, data, BUDGET)
for run in runs:
    print(f"{network_name(run.name):15}{run.parameters:>7,} parameters, accuracy {run.metric:.1%} after {run.seconds:.0f} s")
    # ko: print(f"파라미터 {run.parameters:>7,}개, {run.seconds:.0f}초 뒤의 정확도 {run.metric:.1%}: {network_name(run.name)}")
best, worst = (network_name(choose(runs, key=lambda run: run.history[-1]).name) for choose in (min, max))
title = f"After {BUDGET.epochs} epochs {best} is ahead and {worst} last, with this one seed"
# ko: title = f"시드 하나, {BUDGET.epochs}에포크: 훈련 손실이 {best}에서 가장 작고 {worst}에서 가장 큽니다"
curves({run.name: [run.history] for run in runs}, title, "epoch", "training loss (cross-entropy)")
# ko: curves({run.name: [run.history] for run in runs}, title, "에포크", "훈련 손실(교차 엔트로피)")

# %% [markdown] lang="en"
# The lines show how fast each network starts to learn. Three things keep this from being a verdict. There is one seed: change
# it, and the order may change. The training is short, which favours what starts fast. And the networks are not of one size: a
# mask brings units of its own, so a gain may come from the parameters and not from the gates. (The printed accuracies may have
# another order. The test uses batch normalisation's moving averages, and after so few steps these are still mostly what they
# were at the start.)
#
# The course ships the same comparison with more seeds and images. *Predict: which of the two masks will stay ahead of the
# network without one, once chance is measured?*

# %% [markdown] lang="ko"
# 선은 각 신경망이 처음에 얼마나 빨리 학습하는지 보여 줍니다. 이것만으로 판정할 수 없는 이유가 세 가지
# 있습니다. 첫째, 시드가 하나라서, 시드를 바꾸면 순서가 바뀔 수 있습니다. 둘째, 학습이 짧아서 빨리 출발하는 쪽이
# 유리합니다. 셋째, 신경망의 크기가 서로 다릅니다. 마스크에는 자기 유닛이 있으므로, 좋아졌더라도 게이트가 아니라
# 파라미터 덕분일 수 있습니다. (출력된 정확도의 순서는 이와 다를 수 있습니다. 테스트에는 배치 정규화의 이동 평균(moving mean)과
# 이동 분산(moving variance)을 쓰는데, 이렇게 적은 스텝(step) 뒤에는 아직 대부분 처음 값 그대로이기 때문입니다.)
#
# 같은 비교를 시드와 이미지를 늘려서 해 본 결과가 강의에 들어 있습니다. **예상해 보세요. 우연의 크기를 측정하고 나면, 두
# 마스크 가운데 어느 것이 여전히 마스크 없는 신경망보다 앞설까요?**

# %% experiment
from coursekit.experiments import means_and_seeds, report
from coursekit.plots import comparison

accuracies = report("masks", "no mask", 100, tuple(ways()))
# ko: =
title = "The means differ by {:.1f} points, the seeds of one network by up to {:.1f}".format(*means_and_seeds(accuracies))
# ko: title = "신경망의 평균끼리는 {:.1f}%p, 한 신경망의 시드끼리는 최대 {:.1f}%p 차이가 납니다".format(*means_and_seeds(accuracies))
comparison(accuracies, title, "accuracy on the test images (%)")
# ko: comparison(accuracies, title, "테스트 이미지의 정확도(%)")

# %% [markdown] lang="en"
# A dot is a seed, the bar the 95 % interval of the mean; the printed differences are those of the means. Where an interval
# contains 0, these seeds show no difference: so it is for $M \cdot T$. $(1 + M) \cdot T$ is ahead of the network without a mask.
# Whether it is ahead of $M \cdot T$, these seeds do not settle: the interval of that difference, not printed here,
# contains 0, too. And the networks with a mask have three quarters more parameters than the one without. A network of their size
# without a mask was not trained, so the gain need not come from the gates.
#
# ## The answer
#
# **A gate for every value is possible**, because the mask works on a smaller map: it looks farther for a quarter of the work.
# **The 1 makes closing harmless.** Without it six untrained masks leave some 2 % of the signal; with it nothing can be shut
# out, only stressed, and training makes use of that: most of its gates are closed. That the module with the 1 classifies
# better than the one without was not shown here.
#
# **What this does not show.** One small network, few images, a short training that ends below what logistic regression on
# pixels reaches with as many images (lesson 12 has that figure for 6,000). Fashion-MNIST has one garment in the middle of an
# empty picture, and little to look for far away. The paper's gains are on CIFAR and ImageNet, with networks of 56 layers and
# more, where there are more modules for a signal to fade in.
#
# ## Quiz
#
# <details><summary>1. What happens if the 1 is left out of (1 + M) · T in a network of twenty modules?</summary>
#
# Each untrained mask halves the signal, so about a millionth is left of what takes the trunk's way through all of them. Early
# layers get hardly any gradient, and a value shut once stays shut.
# </details>
#
# <details><summary>2. Why is the mask computed on a smaller map, and what is lost by that?</summary>
#
# On half the side there is a quarter of the positions, and a 3×3 kernel covers twice the distance. What is lost is
# sharpness: the gates are interpolated between neighbours, so a mask cannot give two adjacent positions very different gates.
# </details>
#
# <details><summary>3. A colleague ends the mask with a softmax over the channels instead of a sigmoid. Shapes and parameters are
# right. What is different?</summary>
#
# Then the gates of one position compete: with 1,024 channels they sum to 1, and their mean is 0.001. 1 + M is 1 nearly
# everywhere, and the mask has hardly any effect. With M · T next to nothing would be left.
# </details>
#
# ## To read
#
# - Fei Wang et al., *Residual Attention Network for Image Classification*, 2017,
#   [arXiv:1704.06904](https://arxiv.org/abs/1704.06904). Figure 2 shows the module, section 3.1 the 1.
# - Kaiming He et al., *Identity Mappings in Deep Residual Networks*, 2016,
#   [arXiv:1603.05027](https://arxiv.org/abs/1603.05027): why activations come first in the unit.
# - Alejandro Newell et al., *Stacked Hourglass Networks for Human Pose Estimation*, 2016,
#   [arXiv:1603.06937](https://arxiv.org/abs/1603.06937): down and up, where it is the whole network.
#
# `progress()` shows your points. **Shut down this kernel before the next lesson** (Kernel → Shut Down Kernel).

# %% [markdown] lang="ko"
# 점 하나가 시드 하나이고 막대는 평균의 95% 신뢰 구간입니다. 출력된 차이는 평균끼리의 차이입니다. 신뢰 구간에 0이
# 들어 있으면 이 시드들로는 차이가 드러나지 않은 것인데, $M \cdot T$가 그렇습니다. $(1 + M) \cdot T$는 마스크 없는
# 신경망보다 앞섭니다. 다만 $M \cdot T$보다도 앞서는지는 이 시드들로 알 수 없습니다. 여기에 출력하지는 않았지만 그 차이의 신뢰
# 구간에도 0이 들어 있습니다. 그리고 마스크가 있는 신경망은 없는 신경망보다 파라미터가 4분의 3만큼 더 많습니다. 마스크 없이 크기만 같은
# 신경망은 학습해 보지 않았으므로, 앞선 것이 꼭 게이트 덕분이라고 할 수는 없습니다.
#
# ## 답
#
# **값마다 게이트를 둘 수 있습니다.** 마스크를 작은 맵에서 계산하므로 4분의 1의 연산량으로 더 멀리 보기 때문입니다.
# **1이 있으면 게이트를 닫아도 잃는 것이 없습니다.** 1이 없으면 학습하기 전의 마스크 여섯 개를 지났을 때 신호가 2%쯤만
# 남습니다. 1이 있으면 아무것도 막지 못하고 강조만 할 수 있는데, 학습은 이를 이용해 게이트를 대부분 닫았습니다. 다만
# 1이 있는 모듈이 없는 모듈보다 분류를 더 잘하는지는 여기서 드러나지 않았습니다.
#
# **아직 알 수 없는 것.** 이 결과는 작은 신경망 하나를 적은 이미지로 짧게 학습해 얻은 것이고, 정확도는 같은 수의 이미지로
# 학습한, 픽셀만 보는 로지스틱 회귀보다도 낮습니다(레슨 12에 이미지 6,000장일 때의 그림이 있습니다). Fashion-MNIST는 빈 그림
# 한가운데에 옷이 하나 있어서, 먼 곳에서 찾아볼 것이 별로 없습니다. 논문의 성과는 CIFAR와 ImageNet에서, 56층 이상인
# 신경망으로 얻은 것입니다. 그런 신경망에는 신호가 약해질 만한 모듈도 더 많습니다.
#
# ## 퀴즈
#
# <details><summary>1. 모듈이 스무 개인 신경망에서 (1 + M) · T의 1을 빼면 어떻게 될까요?</summary>
#
# 학습하기 전의 마스크가 신호를 매번 절반으로 줄이므로, 트렁크를 따라 끝까지 가는 것은 백만분의 1쯤만 남습니다. 앞쪽
# 층에는 기울기(gradient)가 거의 오지 않고, 한 번 닫힌 값은 계속 닫혀 있습니다.
# </details>
#
# <details><summary>2. 마스크를 작은 맵에서 계산하는 이유는 무엇이고, 그 때문에 잃는 것은 무엇일까요?</summary>
#
# 한 변이 절반이면 위치는 4분의 1이고, 3×3 커널이 두 배의 거리를 봅니다. 대신 선명함을 잃습니다. 게이트가 이웃 사이에서
# 보간한 값이므로, 바로 옆에 있는 두 위치의 게이트를 크게 다르게 할 수 없습니다.
# </details>
#
# <details><summary>3. 동료가 마스크의 끝에 시그모이드 대신 채널 축의 소프트맥스를 적용했습니다. 형태와 파라미터 수는 맞습니다. 무엇이
# 달라질까요?</summary>
#
# 한 위치의 게이트끼리 경쟁하게 됩니다. 채널이 1,024개이면 합이 1이므로 평균은 0.001입니다. 1 + M은 거의 어디서나 1이라서
# 마스크의 효과가 거의 없습니다. M · T였다면 남는 것이 거의 없었을 것입니다.
# </details>
#
# ## 더 읽을거리
#
# - Fei Wang 외, *Residual Attention Network for Image Classification*, 2017,
#   [arXiv:1704.06904](https://arxiv.org/abs/1704.06904). 모듈은 그림 2에, 1에 관한 설명은 3.1절에 있습니다.
# - Kaiming He 외, *Identity Mappings in Deep Residual Networks*, 2016,
#   [arXiv:1603.05027](https://arxiv.org/abs/1603.05027). 유닛에서 활성화 함수가 먼저 오는 이유를 다룹니다.
# - Alejandro Newell 외, *Stacked Hourglass Networks for Human Pose Estimation*, 2016,
#   [arXiv:1603.06937](https://arxiv.org/abs/1603.06937). 신경망 전체가 내려갔다가 올라오는 구조입니다.
#
# `progress()`를 실행하면 점수를 볼 수 있습니다. **다음 레슨으로 가기 전에 이 커널을 종료하세요**(Kernel → Shut Down Kernel).
