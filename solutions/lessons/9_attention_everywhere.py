# %% [markdown] lang="en"
# # Attention everywhere
#
# Stand on the left leg of a pair of trousers and ask: is there another leg? A 3×3 convolution cannot tell. It sees the
# eight positions around it and no farther. The gates of lessons 3 to 8 help a little: a channel's gate knows the average of
# the whole picture, but not *where* anything is.
#
# **Can a position of a feature map look at any other, and what does that cost?** This lesson goes there in two steps. The
# **Residual Attention Network** gives every single value a gate, and looks far by making the map small first.
# **Self-attention** lets every position look at every other. Then you count what each form of attention costs, and the last
# figure shows where the price explodes.
#
# Four exercises, 19 points, 75 to 90 minutes.

# %% [markdown] lang="ko"
# # 어디에나 어텐션
#
# 바지의 왼쪽 다리 위에 서서 물어봅시다. 다리가 하나 더 있을까요? 3×3 합성곱은 모릅니다. 둘레의 여덟 위치만 보기
# 때문입니다. 레슨 3부터 8까지의 게이트(gate)는 조금 도움이 됩니다. 채널의 게이트는 그림 전체의 평균을 알지만, 무엇이
# **어디에** 있는지는 모릅니다.
#
# **특징 맵(feature map)의 한 위치가 다른 모든 위치를 볼 수 있을까요? 그 비용은 얼마일까요?** 이 레슨에서는 두 단계로
# 알아봅니다. **잔차 어텐션 신경망**(Residual Attention Network)은 값 하나하나에 게이트를 달고, 먼저 맵을 줄여서 멀리
# 봅니다. **셀프 어텐션**(self-attention)은 모든 위치가 다른 모든 위치를 보게 합니다. 그다음 여러 어텐션의 비용을 직접
# 세어 봅니다. 비용이 어디서 폭발적으로 늘어나는지는 마지막 그림이 보여 줍니다.
#
# 연습 문제 4개, 19점, 75~90분 분량입니다.

# %%
from autograder import check, hint, progress, start, your_turn

start("9-attention-everywhere")

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
# White positions notice. Convolutions grow slowly: each adds one position on every side. Channel attention notices
# everywhere, but all it has is an average: move the change to another place, and its gates stay the same.
#
# ## Far by going down: the soft mask
#
# Wang et al. (2017) build a mask $M$ that has one gate for **every channel of every position**, the shape of the map itself.
# To look far at a low price, its branch first halves the map, works there, and comes back up: *down and up*, like an
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
# 뿐입니다. 채널 어텐션은 어디서나 달라지지만, 게이트가 아는 것은 평균뿐입니다. 그래서 값을 바꾼 위치를 다른 곳으로
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

    Steps:
        1. Max pooling 3×3 with stride 2, same padding.
        2. Two residual units, one after the other.
        3. Resize to the height and width of x, bilinearly (`ops.image.resize`).
        4. Twice: batch normalisation, ReLU, 1×1 convolution to as many channels as x has, without bias.
        5. Sigmoid.

    Args:
        x: feature map, (batch, height, width, channels).

    Returns:
        The mask M, (batch, height, width, channels).

    ko: x와 크기가 같은 마스크: 위치와 채널마다 0과 1 사이의 게이트 하나.

    단계:
        1. 최대 풀링 3×3, 스트라이드 2, same 패딩.
        2. 잔차 유닛 두 개, 차례로.
        3. x의 높이와 너비로 쌍선형 보간해 크기 바꾸기(`ops.image.resize`).
        4. 두 번: 배치 정규화, ReLU, 채널 수가 x와 같은 1×1 합성곱, 편향 없음.
        5. 시그모이드.

    인수:
        x: 특징 맵, (batch, height, width, channels).

    반환값:
        마스크 M, (batch, height, width, channels).
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
# *Predict: the two units have one 3×3 convolution each. Side by side, how far do they reach at full size, and how far inside
# your mask?*

# %% [markdown] lang="ko"
# **예상해 보세요. 두 유닛에는 3×3 합성곱이 하나씩 있습니다. 원래 크기에서는 얼마나 멀리, 여러분의 마스크 안에서는 얼마나 멀리 볼까요?**

# %% experiment
fields = {
    "two units at full size": reach(lambda x: residual_unit(residual_unit(x))),
    # ko: "원래 크기에서 유닛 두 개": reach(lambda x: residual_unit(residual_unit(x))),
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

# %% [markdown] lang="en"
# The line of $M \cdot T$ falls by half with each module: shut twice, a value is gone for all later layers. With $1 + M$
# nothing can be shut out, only stressed: each value is scaled by 1 to 2. The signal grows instead, which the batch
# normalisation of the next unit takes back. BAM (lesson 7) has the same 1.
#
# A whole module has a unit before the split, two in the trunk, one behind the product.

# %% [markdown] lang="ko"
# $M \cdot T$의 선은 모듈마다 절반으로 떨어집니다. 두 번 닫힌 값은 뒤의 층에서 사라진 것이나 마찬가지입니다. 반면 $1 +
# M$은 값마다 1배에서 2배를 곱하므로 아무것도 막지 못하고 강조만 합니다. 대신 신호가 커지는데, 다음 유닛의 배치 정규화가
# 이를 되돌립니다. BAM(레슨 7)에도 같은 1이 있습니다.
#
# 모듈 하나는 갈라지기 전의 유닛 하나, 트렁크의 유닛 두 개, 곱한 뒤의 유닛 하나로 이루어집니다.

# %% solution="residual_attention"
def residual_attention(x):
    """One attention module: a trunk, and a mask that lets 1 to 2 times of it through.

    Steps:
        1. A residual unit. What it gives goes into both branches.
        2. The trunk T: two residual units.
        3. The mask M: your soft_mask.
        4. (1 + M) · T.
        5. A last residual unit.

    Args:
        x: feature map, (batch, height, width, channels).

    Returns:
        Feature map of the same shape.

    ko: 어텐션 모듈 하나: 트렁크, 그리고 트렁크의 값을 1배에서 2배까지 통과시키는 마스크.

    단계:
        1. 잔차 유닛 하나. 그 출력이 두 브랜치로 들어갑니다.
        2. 트렁크 T: 잔차 유닛 두 개.
        3. 마스크 M: 여러분의 soft_mask.
        4. (1 + M) · T.
        5. 마지막 잔차 유닛.

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
# 논문의 세 번째 스테이지 크기에서 여러분의 모듈을 세어 보고, 강의 패키지에 있는 신경망 전체도 세어 봅니다. Attention-56은 스테이지마다
# 하나씩 모듈이 세 개이고, 앞의 두 스테이지는 마스크가 더 깊습니다. Attention-92는 여섯 개입니다. **예상해 보세요. 여러분의 모듈 하나는 파라미터가 몇백만 개일까요?**

# %% experiment
from coursekit.models.catalogue import abstract_model, network
from coursekit.models.cost import cost as measured

def measured_block(block, height, width, channels):
    """What a block costs, its weights only described: large ones cost no memory.

    ko: 블록의 비용. 가중치의 형태만 쓰므로, 블록이 커도 메모리를 쓰지 않습니다.
    """
    x = keras.Input((height, width, channels))
    return measured(abstract_model(lambda: keras.Model(x, block(x))))

print(f"your module at 14 × 14 × 1024: {measured_block(residual_attention, 14, 14, 1024).trainable:,} parameters")
# ko: print(f"14 × 14 × 1024에서 여러분의 모듈: 파라미터 {measured_block(residual_attention, 14, 14, 1024).trainable:,}개")
for name in ("Attention-56", "Attention-92"):
    whole = measured(network(name))
    print(f"{name}: {whole.trainable:,} parameters, {whole.multiply_adds:,} multiply-adds")
    # ko: print(f"{name}: 파라미터 {whole.trainable:,}개, 곱셈-누산 {whole.multiply_adds:,}번")

# %% [markdown] lang="en"
# **8,804,352** and **31,810,728**, as in the released network. For the larger one the paper's table prints 51.3 million, which
# does not fit what was released: 52,466,344. Ports on the web often build another one: they add the map that
# only tells the resizing its *size*, or leave out the normalisations before the last two convolutions.
#
# ## Everyone looks at everyone
#
# The mask reached farther, but not everywhere, and what comes from afar only opens or shuts a gate. **Self-attention**
# (Vaswani et al., 2017) fetches what is there. Each position asks a question, its **query**; each position offers a **key**
# and a **value**. How well a query fits a key decides how much of that value is taken:
#
# $$ A_{ij} = \underset{j}{\mathrm{softmax}} \Big( \frac{q_i \cdot k_j}{\sqrt{d}} \Big) \qquad\qquad
# y_i = x_i + W_o \sum_j A_{ij}\, v_j + b_o $$
#
# | step | shape |
# |---|---|
# | feature map $x$ | (batch, H, W, C) |
# | queries, keys, values, $h$ heads of length $d$ | (batch, HW, h, d) each |
# | scores, and the weights $A$ after the softmax | (batch, h, HW, HW) |
# | values, mixed by the weights | (batch, H, W, h·d) |
# | dense layer, plus $x$ | (batch, H, W, C) |
#
# - **Softmax over the keys**, the last axis: what a position takes sums to 1. Here positions *do* compete.
# - **√d**: the sum of d products grows like √d. Without the division, softmax would pick one position and stop learning.
# - **Heads**: several questions at once, each with a softmax of its own.
#
# `layers.MultiHeadAttention` does all of this but "+ x". Write it once by hand; the check accepts both.

# %% [markdown] lang="ko"
# **8,804,352개**와 **31,810,728개**로, 공개된 신경망과 같습니다. 더 큰 신경망은 논문의 표에 5,130만 개라고 적혀 있지만
# 공개된 것은 52,466,344개라서 서로 맞지 않습니다. 웹에 있는 구현은 다른 신경망일 때가 많습니다. 크기만 알려 주는 맵을
# 더해 버리거나, 마지막 두 합성곱 앞의 정규화를 빠뜨리기 때문입니다.
#
# ## 모든 위치가 모든 위치를 보기
#
# 마스크는 더 멀리 보았지만 모든 곳을 보지는 못했습니다. 게다가 멀리서 온 정보는 게이트를 여닫을 뿐입니다. **셀프
# 어텐션**(Vaswani 등, 2017)은 그 위치에 있는 것을 가져옵니다. 위치마다 질문에 해당하는 **쿼리**(query)를 내고,
# **키**(key)와 **밸류**(value)를 내놓습니다. 쿼리와 키가 얼마나 잘 맞는지에 따라 그 밸류를 얼마나 가져올지 정합니다.
#
# $$ A_{ij} = \underset{j}{\mathrm{softmax}} \Big( \frac{q_i \cdot k_j}{\sqrt{d}} \Big) \qquad\qquad
# y_i = x_i + W_o \sum_j A_{ij}\, v_j + b_o $$
#
# | 단계 | 형태 |
# |---|---|
# | 특징 맵 $x$ | (batch, H, W, C) |
# | 쿼리, 키, 밸류: 길이 $d$인 헤드(head) $h$개 | 각각 (batch, HW, h, d) |
# | 점수(score), 소프트맥스 뒤의 가중치 $A$ | (batch, h, HW, HW) |
# | 가중치로 섞은 밸류 | (batch, H, W, h·d) |
# | Dense 층, 그리고 $x$를 더함 | (batch, H, W, C) |
#
# - **키 축, 곧 마지막 축에 소프트맥스**: 한 위치가 가져오는 비율의 합이 1입니다. 여기서는 위치끼리 정말로 경쟁합니다.
# - **√d**: 곱 d개의 합은 √d에 비례해 커집니다. 나누지 않으면 소프트맥스가 한 위치만 선택하게 되어 학습이 멈춥니다.
# - **헤드**: 질문 여러 개를 한꺼번에 하며, 소프트맥스도 헤드마다 따로 적용합니다.
#
# `layers.MultiHeadAttention`이 "+ x"만 빼고 모두 해 줍니다. 한 번은 손으로 작성해 보세요. 어느 쪽으로 작성해도 맞는
# 답입니다.

# %% solution="self_attention"
def self_attention(x, heads, key_dim):
    """Every position takes from every position, by how well its query fits their keys.

    Steps:
        1. Three dense layers on x, heads × key_dim units each: queries, keys, values.
        2. Reshape each to (batch, positions, heads, key_dim), with positions = height × width.
        3. Scores: each query · each key of the same head, divided by √key_dim.
        4. Softmax over the keys.
        5. Mix the values by these weights; put the heads side by side, back on the map.
        6. A dense layer back to as many channels as x has. Add x.

    Args:
        x: feature map, (batch, height, width, channels).
        heads: number of heads.
        key_dim: length of a query, a key, a value.

    Returns:
        Feature map of the same shape.

    ko: 위치마다, 자신의 쿼리가 다른 위치의 키와 맞는 만큼 모든 위치의 밸류를 가져옵니다.

    단계:
        1. x에 Dense 층 세 개, 유닛은 각각 heads × key_dim개: 쿼리, 키, 밸류.
        2. 각각 (batch, positions, heads, key_dim)으로 형태 바꾸기. positions = height × width.
        3. 점수: 같은 헤드의 쿼리 · 키, √key_dim으로 나누기.
        4. 키에 대한 소프트맥스.
        5. 이 가중치로 밸류를 섞고, 헤드를 이어 붙여 맵의 형태로 되돌리기.
        6. 채널 수가 다시 x와 같은 Dense 층. x를 더하기.

    인수:
        x: 특징 맵, (batch, height, width, channels).
        heads: 헤드 수.
        key_dim: 쿼리, 키, 밸류 하나의 길이.

    반환값:
        형태가 같은 특징 맵.
    """
    ### BEGIN SOLUTION
    height, width, channels = x.shape[1:]

    def project():
        projected = layers.Dense(heads * key_dim)(x)
        return layers.Reshape((-1, heads, key_dim))(projected)

    query, key, value = project(), project(), project()
    scores = ops.einsum("bqhd,bkhd->bhqk", query, key) / key_dim**0.5
    weights = ops.softmax(scores, axis=-1)
    mixed = ops.einsum("bhqk,bkhd->bqhd", weights, value)
    mixed = layers.Reshape((height, width, heads * key_dim))(mixed)
    return x + layers.Dense(channels)(mixed)
    ### END SOLUTION

# %% check="self_attention" points=6
check(self_attention)

# %% [markdown] lang="en"
# ## It does not know where it is
#
# Shuffle the positions of a map, attend, shuffle back. *Predict: is the result the same as without shuffling? For
# self-attention, and for a 3×3 convolution?*

# %% [markdown] lang="ko"
# ## 위치를 모르는 셀프 어텐션
#
# 맵의 위치를 뒤섞고, 층을 적용하고, 다시 원래대로 되돌립니다. **예상해 보세요. 뒤섞지 않았을 때와 결과가 같을까요? 셀프 어텐션일 때와 3×3
# 합성곱일 때를 각각 생각해 보세요.**

# %% experiment
generator = np.random.default_rng(0)
order = generator.permutation(49)
maps = generator.standard_normal((1, 7, 7, 64)).astype("float32")

def shuffled(maps, order):
    return maps.reshape(1, 49, 64)[:, order].reshape(1, 7, 7, 64)

x = keras.Input((7, 7, 64))
blocks = {"self-attention": self_attention(x, 4, 16), "convolution": layers.Conv2D(64, 3, padding="same")(x)}
# ko: blocks = {"셀프 어텐션": self_attention(x, 4, 16), "합성곱": layers.Conv2D(64, 3, padding="same")(x)}
for name, y in blocks.items():
    model = keras.Model(x, y)
    straight = np.array(model(maps))
    around = shuffled(np.array(model(shuffled(maps, order))), np.argsort(order))
    difference = np.abs(straight - around).max()
    print(f"{name}: {model.count_params():,} parameters, largest difference {difference:.6f}")
    # ko: print(f"{name}: 파라미터 {model.count_params():,}개, 가장 큰 차이 {difference:.6f}")

# %% [markdown] lang="en"
# For self-attention the difference is rounding; for the convolution it is not. Self-attention sees a *set* of positions, not
# a picture. Vision transformers therefore add a code for the place to each position. Between convolutions, as here, the
# convolutions do that. And note the **16,640** parameters: $4C^2 + 4C$, however large the map.
#
# ## Where does it look?
#
# A small classifier: one convolution with stride 2, your self-attention on 14 × 14 positions, averages, a dense layer. After
# training we ask the layer itself: blank one position at a time, and see how much the output *at one place* changes. That
# works however you wrote it.
#
# *Predict: we stand on the left edge of each garment (white cross), then in the empty corner. Will the two maps differ?*

# %% [markdown] lang="ko"
# 셀프 어텐션에서는 차이가 반올림 오차뿐이지만 합성곱에서는 그렇지 않습니다. 셀프 어텐션이 보는 것은 그림이 아니라
# 위치들의 **집합**입니다. 그래서 비전 트랜스포머(Vision Transformer)는 위치마다 위치 인코딩(positional encoding)을
# 더합니다. 여기처럼 합성곱 사이에 두면 합성곱이 그 역할을 합니다. 파라미터가 **16,640개**, 곧 $4C^2 + 4C$라는 점도
# 눈여겨보세요. 맵이 아무리 커도 같습니다.
#
# ## 어디를 볼까
#
# 스트라이드가 2인 합성곱 하나, 14 × 14개 위치에 적용하는 여러분의 셀프 어텐션, 평균, Dense 층으로 작은 분류기를
# 만듭니다. 학습이 끝나면 층에 직접 물어봅니다. 위치를 하나씩 지워 보고, **한 위치**의 출력이 얼마나 달라지는지 보는
# 것입니다. 층을 어떻게 작성했든 쓸 수 있는 방법입니다.
#
# **예상해 보세요. 먼저 옷의 왼쪽 테두리(흰 십자)에, 다음에는 빈 모서리에 서 봅니다. 두 맵은 서로 다를까요?**

# %% experiment
from coursekit.data import CLASS_NAMES, load_fashion_mnist
from coursekit.experiments import Budget, classification, network_name

(train_images, train_labels), (test_images, test_labels) = data = load_fashion_mnist()
ONLOOKER = Budget(images=4_000, epochs=4, seeds=1, test_images=1_000)  # some ten seconds; more images look clearer
# ko: # 10초쯤 걸립니다. 이미지가 많을수록 또렷해집니다

keras.utils.set_random_seed(0)
image = keras.Input((28, 28, 1))
features = layers.Conv2D(16, 5, strides=2, padding="same", activation="relu")(image)
seen = self_attention(features, heads=2, key_dim=8)
pooled = layers.Flatten()(layers.AveragePooling2D(2)(seen))
onlooker = keras.Model(image, layers.Dense(10, activation="softmax")(pooled))
optimizer, loss = keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy"
onlooker.compile(optimizer, loss, metrics=["accuracy"], jit_compile=False)
scaled = train_images[: ONLOOKER.images, ..., np.newaxis] / np.float32(255)
onlooker.fit(scaled, train_labels[: ONLOOKER.images], batch_size=64, epochs=ONLOOKER.epochs, verbose=0)
scaled = test_images[: ONLOOKER.test_images, ..., np.newaxis] / np.float32(255)
accuracy = onlooker.evaluate(scaled, test_labels[: ONLOOKER.test_images], verbose=0)[1]
print(f"accuracy on {ONLOOKER.test_images:,} test images: {accuracy:.1%}")
# ko: print(f"테스트 이미지 {ONLOOKER.test_images:,}장의 정확도: {accuracy:.1%}")

# %% experiment
from coursekit.plots import image_grid

see, look = keras.Model(image, features), keras.Model(features, seen)

def watched(picture, row, column):
    """How much the output at one position changes when each other position is blanked, (14, 14), largest 1.

    ko: 다른 위치를 하나씩 가렸을 때 한 위치의 출력이 달라지는 정도, (14, 14), 최댓값 1
    """
    maps = np.array(see(picture[np.newaxis, ..., np.newaxis]))
    blanked = np.repeat(maps, 196, axis=0)
    blanked.reshape(196, 196, 16)[np.arange(196), np.arange(196)] = maps.mean(axis=(1, 2))
    change = np.abs(np.array(look(blanked) - look(maps)))[:, row, column].sum(axis=-1).reshape(14, 14)
    change[row, column] = 0  # its own place also has the shortcut
    # ko: # 자기 위치에는 지름길도 있습니다
    return change / change.max()

def marked(change, row, column):
    """Enlarged to 28 × 28, with a cross where we stand.

    ko: 28 × 28로 키우고, 기준 위치에 십자를 그린 것
    """
    large = change.repeat(2, axis=0).repeat(2, axis=1)
    large[2 * row : 2 * row + 2, max(0, 2 * column - 2) : 2 * column + 4] = 1
    large[max(0, 2 * row - 2) : 2 * row + 4, 2 * column : 2 * column + 2] = 1
    return large

# %% experiment
garments = [test_images[np.flatnonzero(test_labels == label)[2]] / np.float32(255) for label in (1, 2, 5, 7, 8, 9)]
edges = [(7, int(np.flatnonzero(picture[14] > 0.1)[0]) // 2) for picture in garments]
from_edge = [watched(picture, *edge) for picture, edge in zip(garments, edges)]
from_corner = [watched(picture, 0, 0) for picture in garments]
alike = np.mean([np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(from_edge, from_corner)])
rows = {
    "image": np.array(garments),
    # ko: "이미지": np.array(garments),
    "seen from its edge": np.array([marked(change, *edge) for change, edge in zip(from_edge, edges)]),
    # ko: "옷의 테두리에서 본 것": np.array([marked(change, *edge) for change, edge in zip(from_edge, edges)]),
    "seen from a corner": np.array([marked(change, 0, 0) for change in from_corner]),
    # ko: "모서리에서 본 것": np.array([marked(change, 0, 0) for change in from_corner]),
}
print(f"correlation of the two maps of a garment, on average: {alike:.2f}")
# ko: print(f"옷마다 두 맵의 상관 계수, 평균: {alike:.2f}")
image_grid(rows, "Every position can look anywhere; what stands out draws most of the looks", (0, 1))
# ko: image_grid(rows, "위치마다 어디든 볼 수 있지만, 대개 눈에 띄는 것을 봅니다", (0, 1))

# %% [markdown] lang="en"
# White: blanking this place changes much. The looks go far: from one trouser leg to the other, from the edge of a pullover to
# its shoulders, from the heel of a shoe to its upper rim. But compare the second row with the third: to a good part they look
# at the *same* things, wherever they stand. The number above the figure says how alike they are (1 would be the same map).
#
# Cao et al. (2019) found that in large networks too, and replaced all maps by a single one, shared by all positions. That needs
# no scores for pairs.

# %% [markdown] lang="ko"
# 흰 곳은 지웠을 때 출력이 많이 달라지는 위치입니다. 멀리까지 보고 있습니다. 바지의 한쪽 다리에서 다른 쪽 다리를,
# 풀오버의 테두리에서 어깨를, 신발의 뒤축에서 위쪽 테두리를 봅니다. 그런데 두 번째 줄과 세 번째 줄을 비교해 보세요.
# 어디에 서 있든 상당 부분 **같은** 것을 봅니다. 그림 위의 숫자가 얼마나 비슷한지 알려 줍니다(1이면 똑같은 맵입니다).
#
# Cao 등(2019)은 큰 신경망에서도 같은 현상을 보고, 모든 위치가 함께 쓰는 맵 하나로 바꾸었습니다. 그러면 위치 쌍마다 점수를 구할 필요가
# 없습니다.

# %% [markdown] lang="en"
# ## Stand where you like
#
# In the demo you choose who looks. At work is your own `self_attention` in the small network of this lesson's end, with
# trained weights, on a map of 7 × 7. Beside it stand a residual unit with one 3×3 convolution and a soft mask, asked in the
# same way. Begin on a trouser leg, then go to an empty corner; then choose single heads. *Predict: how much of what
# self-attention sees lies beyond the eight neighbours? More than for the soft mask?*
#
# <details><summary>The demo as a picture</summary>
#
# ![Trousers with a cross on the left leg, and three maps of what the output there depends on. By a 3×3 convolution it is the
# eight neighbours alone, by a soft mask a few places farther away, by self-attention places all over the map. Below, lines
# show which share comes from each distance.](receptive_fields.png)
#
# </details>

# %% [markdown] lang="ko"
# ## 원하는 위치에 서 보기
#
# 데모에서는 어느 위치에서 볼지 여러분이 고릅니다. 이 레슨 끝에 나오는 작은 신경망에 여러분의 `self_attention`과 학습된
# 가중치를 넣었고, 맵의 크기는 7 × 7입니다. 3×3 합성곱이 하나인 잔차 유닛과 소프트 마스크에도 같은 방법으로 물어 나란히
# 보여 줍니다. 먼저 바지의 한쪽 다리에 서 보고, 빈 모서리로 가 보세요. 그다음 헤드를 하나씩 골라 보세요. **예상해
# 보세요. 셀프 어텐션이 보는 것 가운데 이웃한 여덟 위치 바깥에 있는 비율은 얼마일까요? 소프트 마스크보다 클까요?**
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![왼쪽 다리에 십자가 있는 바지, 그리고 그 위치의 출력이 어디에 달려 있는지 나타낸 맵 세 개입니다. 3×3 합성곱은 이웃한
# 여덟 위치뿐이고, 소프트 마스크는 조금 더 먼 몇 곳, 셀프 어텐션은 맵 곳곳입니다. 아래의 선은 거리마다 비율이 얼마인지
# 보여 줍니다.](receptive_fields.png)
#
# </details>

# %% experiment
from coursekit import live

live.receptive_fields(self_attention)

# %% [markdown] lang="en"
# For self-attention the distance hardly counts: what lies far away has about the share that an even look would give it. That
# does not mean that it looks evenly; single heads pick a few places. The soft mask sees more of what is near. And remember
# what a position of this map is: convolutions before it have already mixed it with its neighbours.

# %% [markdown] lang="ko"
# 셀프 어텐션에서는 거리가 거의 상관없습니다. 먼 곳의 비율이 모든 곳을 균일하게 볼 때와 비슷합니다. 그렇다고 균일하게
# 본다는 뜻은 아닙니다. 헤드 하나하나는 몇 곳만 골라 봅니다. 반면 소프트 마스크는 가까운 곳을 더 많이 봅니다. 그리고 이
# 맵의 한 위치에는 앞의 합성곱들이 이웃을 이미 섞어 놓았다는 점도 기억하세요.

# %% [markdown] lang="en"
# ## What it costs
#
# A **multiply-add** is one multiplication and one addition. Two rules give nearly everything:
#
# - A weight of a dense layer behind a global pooling is used **once** an image; a weight of a convolution **once a position**.
# - A product of two feature maps has no weights at all, and costs what it costs.
#
# | block | layers that count, with $m$ = max(1, C // ratio) units |
# |---|---|
# | `"se"` | dense C → m, dense m → C, on a pooled vector |
# | `"spatial"` | 7×7 convolution C → 1 (lesson 4) |
# | `"cbam"` | the two dense layers, held once and run twice; 7×7 convolution 2 → 1 without bias (lesson 6) |
# | `"bam"` | dense C → m with batch normalisation, dense m → C, on a pooled vector; convolutions 1×1 C → m, 3×3 m → m, 3×3 m → m, each with batch normalisation; 1×1 m → 1 (lesson 7) |
# | `"self_attention"` | four dense layers C → C at every position; scores; mixing ($h \cdot d = C$) |
#
# Dense layers and convolutions have a bias unless it says otherwise. Batch normalisation has two trained numbers a channel.

# %% [markdown] lang="ko"
# ## 비용은 얼마나 들까
#
# **곱셈-누산**(multiply-accumulate, MAC)은 곱셈 한 번과 덧셈 한 번을 묶은 것입니다. FLOPs로 세면 보통 그 두 배가
# 됩니다. 규칙 두 가지면 거의 다 셀 수 있습니다.
#
# - 전역 풀링 뒤의 Dense 층은 가중치를 이미지마다 **한 번** 쓰고, 합성곱은 **위치마다 한 번** 씁니다.
# - 특징 맵끼리의 곱에는 가중치가 없지만 비용은 듭니다.
#
# | 블록 | 세어야 할 층. 유닛 수 $m$ = max(1, C // ratio) |
# |---|---|
# | `"se"` | Dense C → m, Dense m → C, 풀링한 벡터에 |
# | `"spatial"` | 7×7 합성곱 C → 1 (레슨 4) |
# | `"cbam"` | Dense 두 개를 한 벌만 두고 두 번 계산, 7×7 합성곱 2 → 1 편향(bias) 없음 (레슨 6) |
# | `"bam"` | 풀링한 벡터에 Dense C → m과 배치 정규화, Dense m → C. 합성곱 1×1 C → m, 3×3 m → m, 3×3 m → m, 각각 배치 정규화. 1×1 m → 1 (레슨 7) |
# | `"self_attention"` | 모든 위치에서 Dense C → C 네 개, 점수, 섞기 ($h \cdot d = C$) |
#
# 따로 적지 않은 Dense 층과 합성곱에는 편향이 있습니다. 배치 정규화가 학습하는 수는 채널마다 두 개입니다.

# %% solution="cost"
def cost(block, height, width, channels, ratio=16):
    """What a block costs on one feature map: its parameters and its multiply-adds.

    Multiply-adds are those of dense layers, convolutions, and the two matrix products of self-attention; additions of
    biases, pooling, normalisation, activations and the last multiplication by the gates are not counted.

    Args:
        block: "se", "spatial", "cbam", "bam" or "self_attention", made of the layers in the table above.
        height, width, channels: of the feature map.
        ratio: reduction ratio; a bottleneck has channels // ratio units, at least 1.

    Returns:
        Two integers: (parameters, multiply_adds).

    ko: 특징 맵 하나에서 블록의 비용: 파라미터 수와 곱셈-누산 횟수.

    곱셈-누산은 Dense 층, 합성곱, 셀프 어텐션의 행렬 곱 두 번에서 셉니다. 편향 더하기, 풀링, 정규화, 활성화 함수,
    마지막에 게이트를 곱하는 것은 세지 않습니다.

    인수:
        block: "se", "spatial", "cbam", "bam", "self_attention" 가운데 하나. 위 표의 층들로 이루어집니다.
        height, width, channels: 특징 맵의 크기.
        ratio: 축소 비율. 병목의 유닛은 channels // ratio개(적어도 1개)입니다.

    반환값:
        정수 두 개: (parameters, multiply_adds).
    """
    ### BEGIN SOLUTION
    positions, units = height * width, max(1, channels // ratio)
    dense_pair = 2 * channels * units
    convolutions = channels * units + 2 * 9 * units**2 + units
    return {
        "se": (dense_pair + units + channels, dense_pair),
        "spatial": (49 * channels + 1, 49 * channels * positions),
        "cbam": (dense_pair + units + channels + 98, 2 * dense_pair + 98 * positions),
        "bam": (dense_pair + convolutions + channels + 12 * units + 1, dense_pair + convolutions * positions),
        "self_attention": (4 * channels**2 + 4 * channels, 4 * channels**2 * positions + 2 * channels * positions**2),
    }[block]
    ### END SOLUTION

# %% check="cost" points=4
check(cost)

# %% [markdown] lang="en"
# Formulas can be wrong, so compare them with the blocks themselves. The next cell holds those of earlier lessons. The one
# after it builds each block, counts what Keras built, and sets your numbers beside it.

# %% [markdown] lang="ko"
# 공식은 틀릴 수 있으니 블록 자체와 비교해 봅시다. 다음 셀에는 앞 레슨의 블록들이 있습니다. 그다음 셀은 블록을 하나씩 만들어 Keras가 만든
# 것을 세고, 여러분의 숫자와 나란히 놓습니다.

# %% given="se_block spatial_attention cbam_channel_attention cbam_spatial_attention cbam_block bam_channel_gate bam_spatial_gate bam_block"

# %% experiment
blocks = {
    "se": lambda x: se_block(x, ratio=16),
    "spatial": lambda x: spatial_attention(x, "spatial"),
    "cbam": lambda x: cbam_block(x, ratio=16),
    "bam": lambda x: bam_block(x, ratio=16),
    "self_attention": lambda x: self_attention(x, heads=4, key_dim=16),
}
print(f"{'14 × 14 × 64':16}{'parameters':>24}{'multiply-adds':>28}")
# ko: print(f"{'14 × 14 × 64':16}{'파라미터':>20}{'곱셈-누산':>24}")
print(f"{'':16}{'yours':>12}{'counted':>12}{'yours':>16}{'counted':>12}")
# ko: print(f"{'':16}{'여러분':>9}{'실제':>10}{'여러분':>13}{'실제':>10}")
for name, block in blocks.items():
    counted, (parameters, multiply_adds) = measured_block(block, 14, 14, 64), cost(name, 14, 14, 64)
    print(f"{name:16}{parameters:12,}{counted.trainable:12,}{multiply_adds:16,}{counted.multiply_adds:12,}")

# %% [markdown] lang="en"
# Now let the map grow. *Predict: the side doubles. By what factor does the price of spatial attention grow, and that of
# self-attention?* The figure has both axes in powers of ten; the line without dots is one 3×3 convolution from 64 to 64 channels.

# %% [markdown] lang="ko"
# 이제 맵을 키워 봅시다. **예상해 보세요. 한 변이 두 배가 되면 공간 어텐션의 비용은 몇 배가 될까요? 셀프 어텐션은 어떨까요?** 그림의 두 축은
# 모두 10의 거듭제곱 눈금이고, 점이 없는 선은 64채널에서 64채널로 가는 3×3 합성곱 하나입니다.

# %% experiment
sides = np.array([7, 14, 28, 56, 112])
growth = {name: [cost(name, int(side), int(side), 64)[1] for side in sides] for name in blocks}
factors = {name: values[-1] / values[-2] for name, values in growth.items()}
title = "Doubling the side costs spatial attention {spatial:.0f} times as much, self-attention {self_attention:.1f} times"
# ko: title = "한 변이 두 배가 되면 공간 어텐션의 비용은 {spatial:.0f}배, 셀프 어텐션의 비용은 {self_attention:.1f}배가 됩니다"
with sheet(title.format(**factors), 4.4) as figure:
    ax = figure.subplots()
    ax.plot(sides, 9 * 64 * 64 * sides**2, color="#B0B0B0", linewidth=5, label="one 3×3 convolution")
    # ko: ax.plot(sides, 9 * 64 * 64 * sides**2, color="#B0B0B0", linewidth=5, label="3×3 합성곱 하나")
    for (name, values), colour, style in zip(growth.items(), PALETTE, LINE_STYLES):
        ax.plot(sides, values, linestyle=style, color=colour, marker="o", label=name.replace("_", "-"))
    ax.set(xscale="log", yscale="log")
    ax.set(xlabel="side of the map (positions)", ylabel="multiply-adds of one block, 64 channels")
    # ko: ax.set(xlabel="맵의 한 변(위치 수)", ylabel="블록 하나의 곱셈-누산, 채널 64개")
    ax.set_xticks(sides, sides)
    ax.minorticks_off()
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
display(figure)
for side in (7, 14, 28, 56):
    print(f"{side:3} × {side}: the weights A of 4 heads, 128 images: {128 * 4 * side**4 * 4 / 1e9:8.3f} GB")
    # ko: print(f"{side:3} × {side}: 헤드 4개, 이미지 128장의 가중치 A: {128 * 4 * side**4 * 4 / 1e9:8.3f}GB")

# %% [markdown] lang="en"
# Squeeze-and-excitation is flat: it does not care how large the map is. Convolutions grow with the number of positions, four
# times for a doubled side. Self-attention's pairs grow with its **square**, up to sixteen times, and so does the memory for the
# weights $A$. At 7 × 7 that is less than a convolution; at 56 × 56 it is many times as much. That is why networks use
# self-attention in their last stages, on patches, or within windows of the map.
#
# ## Does it help?
#
# Two modules behind a strided convolution, four ways: no mask, $M \cdot T$, $(1 + M) \cdot T$, and self-attention in the mask's
# place, all made of your functions. First a small run with one seed. It leaves out $M \cdot T$, to save memory. *Predict the
# order of the three training losses.*

# %% [markdown] lang="ko"
# SE의 선은 맵의 크기와 상관이 없어서 평평합니다. 합성곱의 비용은 위치의 수에 비례하므로 한 변이 두 배면 네 배가 됩니다.
# 그런데 셀프 어텐션의 위치 쌍은 위치 수의 **제곱**에 비례해 열여섯 배까지 늘어나고, 가중치 $A$가 차지하는 메모리도
# 그렇습니다. 7 × 7에서는 합성곱보다 비용이 적지만 56 × 56에서는 몇 배나 큽니다. 그래서 셀프 어텐션은 마지막 스테이지에
# 넣거나, 패치(patch) 단위로 쓰거나, 맵을 나눈 창(window) 안에서만 씁니다.
#
# ## 도움이 될까
#
# 스트라이드가 있는 합성곱 뒤에 모듈 두 개를 두고 네 가지로 비교합니다. 마스크가 없는 것, $M \cdot T$, $(1 + M) \cdot
# T$, 그리고 마스크 자리에 셀프 어텐션을 넣은 것이며, 모두 여러분의 함수로 만듭니다. 먼저 시드(seed) 하나로 짧게
# 학습합니다. 메모리를 아끼려고 $M \cdot T$는 뺐습니다. **훈련 손실(loss) 셋의 순서를 예상해 보세요.**

# %%
def ways():
    """What stands between the trunk and the module's last unit: name -> function of the module's x and its trunk.

    ko: 트렁크와 모듈의 마지막 유닛 사이에 오는 것: 이름 -> 모듈의 x와 트렁크를 받는 함수
    """
    return {
        "no mask": lambda x, trunk: trunk,
        "M · T": lambda x, trunk: soft_mask(x) * trunk,
        "(1 + M) · T": lambda x, trunk: (1 + soft_mask(x)) * trunk,
        "self-attention": lambda x, trunk: self_attention(trunk, heads=4, key_dim=4),
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

from coursekit.plots import curves

# A small run. With more images and seeds: python experiments/lessons.py masks
# ko: 작은 학습입니다. 더 많은 이미지와 시드로 하려면: python experiments/lessons.py masks
BUDGET = Budget(images=2_000, epochs=3, seeds=1, test_images=1_000)

builders = {name: partial(small_network, attend) for name, attend in ways().items() if name != "M · T"}
runs = classification(builders, data, BUDGET)
for run in runs:
    print(f"{network_name(run.name):15}{run.parameters:>7,} parameters, accuracy {run.metric:.1%} after {run.seconds:.0f} s")
    # ko: print(f"파라미터 {run.parameters:>7,}개, {run.seconds:.0f}초 뒤의 정확도 {run.metric:.1%}: {network_name(run.name)}")
best, worst = (network_name(choose(runs, key=lambda run: run.history[-1]).name) for choose in (min, max))
title = f"After {BUDGET.epochs} epochs {best} is ahead and {worst} last, with this one seed"
# ko: title = f"시드 하나로 {BUDGET.epochs}에포크 학습한 뒤 {best}의 훈련 손실이 가장 작고 {worst}의 훈련 손실이 가장 큽니다"
curves({run.name: [run.history] for run in runs}, title, "epoch", "training loss (cross-entropy)")
# ko: curves({run.name: [run.history] for run in runs}, title, "에포크", "훈련 손실(교차 엔트로피)")

# %% [markdown] lang="en"
# The lines show how fast each network starts to learn. Three things keep this from being a verdict. There is one seed: change
# it, and the order may change. The training is short, which favours what starts fast. And the networks are not of one size: a
# mask brings units of its own, so a gain may come from the parameters and not from the attention.
#
# The course ships the same comparison with more seeds and images. *Predict: which of the three will stay ahead of the
# network without a mask, once chance is measured?*

# %% [markdown] lang="ko"
# 선은 각 신경망의 학습이 얼마나 빨리 진행되기 시작하는지 보여 줍니다. 이것만으로 판정할 수 없는 이유가 세 가지
# 있습니다. 첫째, 시드가 하나라서, 시드를 바꾸면 순서가 바뀔 수 있습니다. 둘째, 학습이 짧아서 빨리 출발하는 쪽이
# 유리합니다. 셋째, 신경망의 크기가 서로 다릅니다. 마스크에는 자기 유닛이 있으므로, 좋아졌더라도 어텐션이 아니라
# 파라미터 덕분일 수 있습니다.
#
# 같은 비교를 시드와 이미지를 늘려서 해 본 결과가 강의에 들어 있습니다. **예상해 보세요. 우연의 크기를 측정하고 나면, 셋
# 가운데 어느 것이 여전히 마스크 없는 신경망보다 앞설까요?**

# %% experiment
from coursekit.experiments import means_and_seeds, report
from coursekit.plots import comparison

accuracies = report("masks", "no mask", 100)
# ko: =
title = "The means differ by {:.1f} points, the seeds of one network by up to {:.1f}".format(*means_and_seeds(accuracies))
# ko: title = "신경망의 평균끼리는 {:.1f}%p, 한 신경망의 시드끼리는 최대 {:.1f}%p 차이가 납니다".format(*means_and_seeds(accuracies))
comparison(accuracies, title, "accuracy on the test images (%)")
# ko: comparison(accuracies, title, "테스트 이미지의 정확도(%)")

# %% [markdown] lang="en"
# A dot is a seed, the bar the 95 % interval of the mean; the printed differences are those of the means. Where an interval
# contains 0, these seeds show no difference: so it is for $M \cdot T$. $(1 + M) \cdot T$ and self-attention are ahead of the
# network without a mask. Which of these two is better, the figure does not settle. And both have more than half as many
# parameters again as the network without a mask. A network without a mask but of their size was not trained, so the gain
# need not come from the attention.
#
# ## The answer
#
# **Yes, a position can look at any other.** The soft mask looks farther by going down, for a quarter of the work.
# Self-attention looks everywhere at once, in one layer, and pays for every pair: (HW)². What it sees from different places was
# much alike here.
#
# **What this does not show.** One small network, few images, a short training. Fashion-MNIST has one garment in the middle of
# an empty picture: there is little to look for at the other end. The paper's gains are on ImageNet. On accelerators, time
# does not follow multiply-adds alone: memory counts too, and it was not measured here.
#
# ## Quiz
#
# <details><summary>1. What happens if the 1 is left out of (1 + M) · T in a network of twenty modules?</summary>
#
# Each untrained mask halves the signal, so about a millionth is left of what takes the trunk's way through all of them. Early
# layers get hardly any gradient, and a value shut once stays shut.
# </details>
#
# <details><summary>2. The number of parameters of self-attention does not depend on the size of the map. Why does its
# price?</summary>
#
# The four dense layers are shared by all positions. Scores and mixing have no weights: they are products of feature maps with
# each other, one for every pair of positions and every channel: 2 · (HW)² · C multiply-adds.
# </details>
#
# <details><summary>3. A colleague takes the softmax over the queries instead of the keys. Shapes and parameters are right.
# What is different?</summary>
#
# Then what each position *gives* sums to 1, not what it takes. Some positions get nearly nothing, others the sum of many
# values, and the size of the output depends on how popular a position is.
# </details>
#
# ## To read
#
# - Fei Wang et al., *Residual Attention Network for Image Classification*, 2017,
#   [arXiv:1704.06904](https://arxiv.org/abs/1704.06904).
# - Ashish Vaswani et al., *Attention Is All You Need*, 2017, [arXiv:1706.03762](https://arxiv.org/abs/1706.03762).
# - Xiaolong Wang et al., *Non-local Neural Networks*, 2018, [arXiv:1711.07971](https://arxiv.org/abs/1711.07971). The paper has
#   no division by √d; its released code has one.
# - Yue Cao et al., *GCNet: Non-local Networks Meet Squeeze-Excitation Networks and Beyond*, 2019,
#   [arXiv:1904.11492](https://arxiv.org/abs/1904.11492).
#
# `progress()` shows your points. **Shut down this kernel before the next lesson** (Kernel → Shut Down Kernel).

# %% [markdown] lang="ko"
# 점 하나가 시드 하나이고 막대는 평균의 95% 신뢰 구간입니다. 출력된 차이는 평균끼리의 차이입니다. 신뢰 구간에 0이
# 들어 있으면 이 시드들로는 차이가 드러나지 않은 것인데, $M \cdot T$가 그렇습니다. $(1 + M) \cdot T$와 셀프 어텐션은
# 마스크 없는 신경망보다 앞섭니다. 다만 이 둘 가운데 어느 쪽이 나은지는 이 그림으로 알 수 없습니다. 그리고 둘 다 마스크
# 없는 신경망보다 파라미터가 절반 넘게 더 많습니다. 마스크 없이 크기만 같은 신경망은 학습해 보지 않았으므로, 앞선 것이
# 어텐션 덕분이라고 할 수는 없습니다.
#
# ## 답
#
# **한 위치는 다른 모든 위치를 볼 수 있습니다.** 소프트 마스크는 맵을 줄여서 4분의 1의 연산량으로 더 멀리 봅니다. 반면
# 셀프 어텐션은 층 하나로 모든 위치를 한꺼번에 보지만, 위치 쌍마다 계산하므로 비용이 (HW)²에 비례합니다. 여기서는 어디서
# 보든 보이는 것이 꽤 비슷했습니다.
#
# **아직 알 수 없는 것.** 이 결과는 작은 신경망 하나를 적은 이미지로 짧게 학습해 얻은 것입니다. Fashion-MNIST는 빈 그림
# 한가운데에 옷이 하나 있어서, 반대쪽 끝에서 찾아볼 것이 별로 없습니다. 논문의 성과는 ImageNet에서 나왔습니다. 그리고
# 가속기에서 걸리는 시간은 곱셈-누산만으로 정해지지 않습니다. 메모리도 중요한데 여기서는 측정하지 않았습니다.
#
# ## 퀴즈
#
# <details><summary>1. 모듈이 스무 개인 신경망에서 (1 + M) · T의 1을 빼면 어떻게 될까요?</summary>
#
# 학습하기 전의 마스크가 신호를 매번 절반으로 줄이므로, 트렁크를 따라 끝까지 가는 것은 백만분의 1쯤만 남습니다. 앞쪽
# 층에는 기울기(gradient)가 거의 오지 않고, 한 번 닫힌 값은 계속 닫혀 있습니다.
# </details>
#
# <details><summary>2. 셀프 어텐션의 파라미터 수는 맵의 크기와 상관이 없습니다. 그런데 비용은 왜 맵의 크기에 달려 있을까요?</summary>
#
# Dense 층 네 개는 모든 위치가 함께 씁니다. 점수와 섞기에는 가중치가 없습니다. 특징 맵끼리의 곱이어서 모든 위치 쌍과
# 모든 채널마다 계산하므로, 곱셈-누산이 2 · (HW)² · C번 필요합니다.
# </details>
#
# <details><summary>3. 동료가 키가 아니라 쿼리 축에 소프트맥스를 적용했습니다. 형태와 파라미터 수는 맞습니다. 무엇이 달라질까요?</summary>
#
# 한 위치가 가져오는 비율이 아니라 **내주는** 비율의 합이 1이 됩니다. 그래서 어떤 위치는 거의 아무것도 받지 못하고, 어떤
# 위치는 여러 밸류의 합을 받습니다. 출력의 크기는 그 위치가 얼마나 많이 선택되는지에 따라 달라집니다.
# </details>
#
# ## 더 읽을거리
#
# - Fei Wang 외, *Residual Attention Network for Image Classification*, 2017,
#   [arXiv:1704.06904](https://arxiv.org/abs/1704.06904).
# - Ashish Vaswani 외, *Attention Is All You Need*, 2017, [arXiv:1706.03762](https://arxiv.org/abs/1706.03762).
# - Xiaolong Wang 외, *Non-local Neural Networks*, 2018, [arXiv:1711.07971](https://arxiv.org/abs/1711.07971). 논문에는 √d로 나누는
#   것이 없고, 공개된 코드에는 있습니다.
# - Yue Cao 외, *GCNet: Non-local Networks Meet Squeeze-Excitation Networks and Beyond*, 2019,
#   [arXiv:1904.11492](https://arxiv.org/abs/1904.11492).
#
# `progress()`를 실행하면 점수를 볼 수 있습니다. **다음 레슨으로 가기 전에 이 커널을 종료하세요**(Kernel → Shut Down Kernel).
