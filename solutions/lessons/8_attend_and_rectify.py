# %% [markdown] lang="en"
# # Second opinions
#
# A network decides at its very end, on maps of 7 × 7, when small things have long been mixed together. **Can earlier
# layers put the last one right?**
#
# Attend and Rectify (Rodríguez et al., 2018) gives several layers a say. In each of them a few **heads** look for a
# place worth looking at and propose a class from what is there, and **gates** decide how much each proposal counts. These
# are not the gates on a feature map of the lessons before: the map goes on unchanged, and attention only adds opinions.
#
# Seven short exercises, 22 points, about <!-- minutes --> minutes. At the end you count how many answers the opinions have
# put right, and how many they have spoilt.

# %% [markdown] lang="ko"
# # 다른 의견 듣기
#
# 신경망은 맨 끝에서 7 × 7 크기의 맵을 보고 결정합니다. 그때는 작은 것들이 이미 오래전에 뒤섞인 뒤입니다. **앞쪽 층이
# 마지막 층의 실수를 바로잡을 수 있을까요?**
#
# Attend and Rectify(Rodríguez 등, 2018)는 여러 층이 함께 답을 내게 합니다. 층마다 **헤드**(head) 몇 개가 볼 만한 위치를
# 찾아 거기 있는 것을 바탕으로 클래스를 제안하고, 각 제안을 얼마나 반영할지는 **게이트**(gate)가 정합니다. 앞 레슨들처럼
# 특징 맵(feature map)에 게이트를 다는 것이 아닙니다. 맵은 그대로 지나가고, 어텐션은 의견을 보태기만 합니다.
#
# 짧은 연습 문제 7개, 22점, 약 <!-- minutes -->분 분량입니다. 마지막에는 이 의견들 덕분에 바로잡힌 답과 도리어 망친 답을 세어 봅니다.

# %% [markdown] lang="en"
# **After this lesson** you can write attention whose weights sum to 1, join several opinions, and compute a penalty
# term. **You need** lessons 2 and 4.

# %% [markdown] lang="ko"
# **이 레슨을 마치면** 합이 1인 가중치로 어텐션을 작성하고, 여러 답을 합치고, 손실에 더할 항을 계산할 수
# 있습니다. **먼저** 레슨 2와 4를 마쳐야 합니다.

# %%
from autograder import check, hint, progress, start, your_turn

start("8-attend-and-rectify")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% [markdown] lang="en"
# ## Something to look for
#
# A garment in the middle of a black picture needs no search, so we hide it: at half its size, at a random place, among
# eight scraps cut out of other garments. `in_clutter` of the course's package makes such pictures, and remembers where
# each garment lies.

# %% [markdown] lang="ko"
# ## 찾아야 할 것
#
# 검은 그림 한가운데에 있는 옷은 찾을 필요가 없으므로 옷을 숨깁니다. 크기를 절반으로 줄여 무작위 위치에 놓고,
# 다른 옷에서 오려 낸 조각 여덟 개를 흩어 놓습니다. 강의 패키지의 `in_clutter`가 이런 그림을 만들고, 옷이 어디에 있는지
# 기억해 둡니다.

# %%
from coursekit.composites import in_clutter

# %% experiment
from coursekit.data import CLASS_NAMES, load_fashion_mnist
from coursekit.plots import attention_overlay, comparison, curves, image_grid

(train_images, train_labels), (test_images, test_labels) = load_fashion_mnist()
pictures, corners = in_clutter(test_images[:2_000], seed=1)
labels = test_labels[:2_000]
few = np.arange(12, 22)
image_grid(
    {"garment": test_images[few], "in clutter": pictures[few]},
    # ko: {"옷": test_images[few], "잡동사니 속": pictures[few]},
    "The same garments, half as large, somewhere among scraps of others",
    # ko: "같은 옷을 반으로 줄여, 다른 옷의 조각들 사이 어딘가에 놓았습니다",
    value_range=(0, 255),
)

# %% [markdown] lang="en"
# The upper row has garments as they are, the lower row the same ones in clutter. Most of them you find at a glance,
# because the garment is the largest piece. A network that averages its last map over *all* positions has no such glance:
# three quarters of what it averages is scraps and black.
#
# | a module on a map $Z$ of (batch, H, W, C), with K heads and N classes | shape |
# |---|---|
# | attention head: masks $H_k$, one for each head | (batch, H, W, K) |
# | output head: what each head says, $o_k$ | (batch, K, N) |
# | head gates $g_k$ | (batch, K) |
# | hypothesis $o = \sum_k g_k \, o_k$ | (batch, N) |
#
# The hypotheses of all modules, and the network's own output, are then joined by **global gates**. The paper and its
# released code differ in details; where they do, we take the code's form and say so.

# %% [markdown] lang="ko"
# 윗줄은 원래 옷이고, 아랫줄은 조각들 사이에 숨긴 같은 옷입니다. 가장 큰 조각이 옷이므로 대개는 한눈에 찾을 수 있습니다.
# 그러나 마지막 맵을 **모든** 위치에서 평균 내는 신경망은 그렇게 골라 보지 못하고, 평균에 들어가는 값의 4분의 3이
# 조각과 검은 바탕에서 나옵니다.
#
# | 형태가 (batch, H, W, C)인 맵 $Z$ 위의 모듈, 헤드 K개, 클래스 N개 | 형태 |
# |---|---|
# | 어텐션 헤드(attention head): 헤드마다 하나인 마스크(mask) $H_k$ | (batch, H, W, K) |
# | 출력 헤드(output head): 헤드마다 내는 클래스 점수 $o_k$ | (batch, K, N) |
# | 헤드 게이트 $g_k$ | (batch, K) |
# | 가설(hypothesis) $o = \sum_k g_k \, o_k$ | (batch, N) |
#
# 모든 모듈의 가설과 신경망 자신의 출력은 **전역 게이트**(global gate)로 합칩니다. 논문과 공개된 코드는 세부 사항이 서로
# 다른데, 다른 곳에서는 코드를 따르고 그때마다 밝히겠습니다.

# %% [markdown] lang="en"
# ## Exercise 1: where to look
#
# $$ H_k = \mathrm{softmax}_{x,y}\big(W_k * Z\big) $$
#
# Lesson 4 used a sigmoid, and since looking cost nothing, the network kept every gate open. With a **spatial softmax** all
# positions of a mask share a sum of 1, so that to look more at one place is to look less at the others.
#
# **Two slips to avoid.** Summaries of the paper say that the convolutions are mostly 1×1, but in the authors' code all
# three of a module are 3×3, with padding and without a bias. (A bias here would do nothing at all: see the quiz.) And the
# softmax runs over height and width, *not* over the last axis, as Keras would have it unless told otherwise.

# %% [markdown] lang="ko"
# ## 연습 문제 1: 어디를 볼까
#
# $$ H_k = \mathrm{softmax}_{x,y}\big(W_k * Z\big) $$
#
# 레슨 4에서는 시그모이드(sigmoid)를 썼고, 보는 데 비용이 들지 않았기 때문에 신경망은 모든 게이트를 열어 두었습니다.
# **공간 소프트맥스**(spatial softmax)는 다릅니다. 한 마스크의 모든 위치가 합 1을 나누어 가지므로, 한 위치를 더
# 보려면 다른 위치를 덜 보아야 합니다.
#
# **조심할 것 두 가지.** 이 논문을 소개한 글들에는 합성곱이 대부분 1×1이라고 적혀 있지만, 저자들의 코드에서는 모듈의 세
# 합성곱이 모두 3×3이고, 패딩(padding)이 있으며 편향(bias)은 없습니다. (여기서 편향은 아무 영향도 주지 않습니다. 퀴즈를
# 보세요.) 그리고 소프트맥스는 높이와 너비에 적용합니다. 따로 지정하지 않으면 Keras는 **마지막 축**에 적용하니
# 주의하세요.

# %% solution="attention_head"
def attention_head(z, heads):
    """Say for every head where it looks.

    Args:
        z: feature map, (batch, height, width, channels).
        heads: number of heads.

    Returns:
        Masks, (batch, height, width, heads): every mask is positive and sums to 1 over height and width.

    ko: 헤드마다 어디를 보는지 정합니다.

    인수:
        z: 특징 맵, (batch, height, width, channels).
        heads: 헤드 수.

    반환값:
        마스크, (batch, height, width, heads): 모두 양수이고, 마스크마다 높이와 너비에 대한 합이 1입니다.
    """
    ### BEGIN SOLUTION
    scores = layers.Conv2D(heads, 3, padding="same", use_bias=False)(z)
    return layers.Softmax(axis=(1, 2))(scores)
    ### END SOLUTION

# %% check="attention_head" points=3
check(attention_head)

# %% [markdown] lang="en"
# The next cell runs your head with random weights. Its last lines take the masks' scores, add 100 to all of them, and
# apply the softmax again. *Predict: what is the sum of each mask? And what happens to the masks when all scores
# grow by 100?*

# %% [markdown] lang="ko"
# 다음 셀은 작성한 헤드를 무작위 가중치로 실행합니다. 마지막에는 마스크의 점수에 모두 100을 더하고 소프트맥스를 다시 적용합니다.
# **예상해 보세요. 마스크마다 합은 얼마일까요? 모든 점수가 100씩 커지면 마스크는 어떻게 될까요?**

# %% experiment
keras.utils.set_random_seed(0)
z = keras.Input((7, 7, 64))
model = keras.Model(z, attention_head(z, heads=4))
maps = np.random.default_rng(0).standard_normal((3, 7, 7, 64), dtype="float32")
masks = np.array(model(maps))
print("sum of each mask", masks.sum(axis=(1, 2)).round(4).tolist())
# ko: print("마스크마다 합", masks.sum(axis=(1, 2)).round(4).tolist())
print(f"an even mask would be {1 / 49:.4f} everywhere; these go from {masks.min():.4f} to {masks.max():.4f}")
# ko: print(f"균일한 마스크라면 어디서나 {1 / 49:.4f}입니다. 이 마스크들은 {masks.min():.4f}부터 {masks.max():.4f}까지입니다")
print("after adding 100 to all scores they are", end=" ")
# ko: print("모든 점수에 100을 더하면 마스크는", end=" ")
scores = np.log(masks) + 100
again = np.array(ops.softmax(scores.reshape(3, 49, 4), axis=1)).reshape(masks.shape)
print("the same" if np.allclose(masks, again, atol=1e-5) else "others")
# ko: print("그대로입니다" if np.allclose(masks, again, atol=1e-5) else "달라집니다")

# %% [markdown] lang="en"
# Each mask sums to 1, and the 100 changes nothing, because only differences between scores count.
#
# ## Exercise 2: what is there
#
# $$ o_k = \sum_{x,y} H_k \odot O_k \qquad\qquad O_k = W^O_k * Z $$
#
# A convolution gives class scores at *every position*, for each head its own, which makes K · N channels. The mask picks
# among the positions: because it sums to 1, the sum over them is a **weighted mean**. Taking the mean instead divides
# once more, by 196 on a map of 14 × 14, and every score is almost 0. This is the commonest mistake in other people's
# versions.
#
# Split the channels so that the N scores of one head lie next to each other.

# %% [markdown] lang="ko"
# 마스크마다 합은 1이고, 100을 더해도 마스크는 그대로입니다. 점수는 그 차이만 의미가 있기 때문입니다.
#
# ## 연습 문제 2: 무엇이 있을까
#
# $$ o_k = \sum_{x,y} H_k \odot O_k \qquad\qquad O_k = W^O_k * Z $$
#
# 합성곱이 **모든 위치에서** 클래스 점수를 매깁니다. 헤드마다 따로 매기므로 채널은 K · N개입니다. 그 가운데 어느 위치의
# 점수를 쓸지는 마스크가 고릅니다. 마스크의 합이 1이므로 모든 위치에 걸쳐 더하면 **가중 평균**(weighted mean)이 됩니다.
# 여기서 평균을 내면 한 번 더 나누게 되어, 14 × 14 맵에서는 값이 196분의 1이 되고 모든 점수가 0에 가까워집니다. 다른
# 사람들이 옮긴 코드에서 가장 흔한 실수입니다.
#
# 채널을 나눌 때는 한 헤드의 점수 N개가 서로 이웃하게 하세요.

# %% solution="output_head"
def output_head(z, masks, classes):
    """Let every head score the classes by what its mask lets it see.

    Args:
        z: feature map, (batch, height, width, channels).
        masks: (batch, height, width, heads), each mask sums to 1 over height and width.
        classes: number of classes.

    Returns:
        Class scores of every head, (batch, heads, classes), each a weighted mean over the positions.

    ko: 헤드마다 자신의 마스크로 보이는 것만 가지고 클래스에 점수를 매깁니다.

    인수:
        z: 특징 맵, (batch, height, width, channels).
        masks: (batch, height, width, heads), 마스크마다 높이와 너비에 대한 합이 1입니다.
        classes: 클래스 수.

    반환값:
        헤드마다의 클래스 점수, (batch, heads, classes). 모두 위치에 대한 가중 평균입니다.
    """
    ### BEGIN SOLUTION
    height, width, heads = masks.shape[1:]
    scores = layers.Conv2D(heads * classes, 3, padding="same", use_bias=False)(z)
    scores = layers.Reshape((height, width, heads, classes))(scores)
    return ops.sum(scores * ops.expand_dims(masks, axis=-1), axis=(1, 2))
    ### END SOLUTION

# %% check="output_head" points=4
check(output_head)

# %% [markdown] lang="en"
# ## Exercise 3: which head counts
#
# $$ g = \mathrm{softmax}_k\Big(\tanh \sum_{x,y} (W^g * Z) \odot H\Big) $$
#
# A head may have found nothing in this picture, so it gets a gate. The gate comes from the same place as the head's opinion:
# from a third convolution, read through the same mask.

# %% [markdown] lang="ko"
# ## 연습 문제 3: 어느 헤드를 얼마나 반영할까
#
# $$ g = \mathrm{softmax}_k\Big(\tanh \sum_{x,y} (W^g * Z) \odot H\Big) $$
#
# 이 그림에서 아무것도 찾지 못한 헤드도 있을 수 있으므로, 헤드마다 게이트를 둡니다. 게이트는 그 헤드의 의견과 같은
# 위치에서, 곧 세 번째 합성곱의 결과를 같은 마스크로 읽어서 구합니다.

# %% solution="head_gates"
def head_gates(z, masks):
    """Decide for this image how much each head counts.

    Args:
        z: feature map, (batch, height, width, channels).
        masks: (batch, height, width, heads), each mask sums to 1 over height and width.

    Returns:
        Gates, (batch, heads): positive, and their sum is 1.

    ko: 이 이미지에서 헤드마다 비중이 얼마인지 정합니다.

    인수:
        z: 특징 맵, (batch, height, width, channels).
        masks: (batch, height, width, heads), 마스크마다 높이와 너비에 대한 합이 1입니다.

    반환값:
        게이트, (batch, heads): 모두 양수이고 합이 1입니다.
    """
    ### BEGIN SOLUTION
    scores = layers.Conv2D(masks.shape[-1], 3, padding="same", use_bias=False)(z)
    scores = ops.sum(scores * masks, axis=(1, 2))
    return ops.softmax(ops.tanh(scores))
    ### END SOLUTION

# %% check="head_gates" points=4
check(head_gates)

# %% [markdown] lang="en"
# Why the tanh? *Predict: four heads, one has the largest possible score, the others the smallest. How large is its
# gate, with tanh and without?*

# %% [markdown] lang="ko"
# tanh는 왜 필요할까요? **예상해 보세요. 헤드가 네 개인데 하나는 점수가 가능한 한 크고 나머지는 가능한 한 작습니다.
# tanh가 있을 때와 없을 때, 그 헤드의 게이트는 얼마일까요?**

# %% experiment
from autograder import predict

predict("gate_with_tanh")

# %% experiment
def share(own, others, count):
    """A softmax's share for a score of `own`, if the other `count` - 1 scores are `others`.

    ko: 점수가 `own`이고 다른 점수 `count` - 1개가 `others`일 때 소프트맥스가 주는 비율
    """
    return np.exp(own) / (np.exp(own) + (count - 1) * np.exp(others))

for count in (2, 3, 4, 8):
    print(f"{count} gates: from {share(-1, 1, count):.4f} to {share(1, -1, count):.4f}")
    # ko: print(f"게이트 {count}개: {share(-1, 1, count):.4f}부터 {share(1, -1, count):.4f}까지")
print(f"without tanh, scores of -6 and 6: from {share(-6, 6, 4):.6f} to {share(6, -6, 4):.6f}")
# ko: print(f"tanh 없이 점수가 -6과 6이면: {share(-6, 6, 4):.6f}부터 {share(6, -6, 4):.6f}까지")

# %% [markdown] lang="en"
# With tanh, four gates stay in **[0.0432, 0.7112]**: no head is ever switched off, so each goes on learning. Without
# it, the head that happens to lead at first can take everything.
#
# ## Exercise 4: a module
#
# Put the three parts together, and return two things: the hypothesis, and the masks, which we want to look at and to
# keep apart.

# %% [markdown] lang="ko"
# tanh가 있으면 게이트 네 개는 **[0.0432, 0.7112]** 안에 머뭅니다. 어떤 헤드도 완전히 꺼지지 않으므로 모두 계속
# 학습됩니다. 반면 tanh가 없으면 처음에 우연히 앞선 헤드가 전부를 차지할 수 있습니다.
#
# ## 연습 문제 4: 모듈
#
# 세 부분을 합치세요. 반환할 것은 두 가지, 즉 가설과 마스크입니다. 마스크는 나중에 직접 들여다보고, 서로 다른 곳을 보게
# 하는 데에도 씁니다.

# %% solution="attention_module"
def attention_module(z, heads, classes):
    """One hypothesis about the class, from the feature map of one layer.

    Args:
        z: feature map, (batch, height, width, channels).
        heads: number of heads.
        classes: number of classes.

    Returns:
        hypothesis: class scores, (batch, classes).
        masks: (batch, height, width, heads).

    ko: 층 하나의 특징 맵에서 얻은, 클래스에 대한 가설 하나.

    인수:
        z: 특징 맵, (batch, height, width, channels).
        heads: 헤드 수.
        classes: 클래스 수.

    반환값:
        hypothesis: 클래스 점수, (batch, classes).
        masks: (batch, height, width, heads).
    """
    ### BEGIN SOLUTION
    masks = attention_head(z, heads)
    outputs = output_head(z, masks, classes)
    gates = head_gates(z, masks)
    hypothesis = ops.sum(outputs * ops.expand_dims(gates, axis=-1), axis=1)
    return hypothesis, masks
    ### END SOLUTION

# %% check="attention_module" points=4
check(attention_module)

# %% [markdown] lang="en"
# A module has three convolutions of 3 × 3, with K, K · N and K filters and no bias, so it has $9C(2K + KN)$ parameters.
# *Predict: C = 64, K = 4 and 10 classes. How much of it is the output head?*

# %% [markdown] lang="ko"
# 필터가 K개, K · N개, K개인 3 × 3 합성곱 세 개이고 편향이 없으므로 파라미터는 $9C(2K + KN)$개입니다. **예상해 보세요. C =
# 64, K = 4, 클래스 10개이면 몇 개일까요? 그 가운데 출력 헤드의 파라미터는 몇 개일까요?**

# %% experiment
predict("module_of_64")

# %% experiment
def trainable(inputs, outputs):
    """How many numbers training changes between these tensors.

    ko: 이 텐서들 사이에서 학습으로 바뀌는 숫자의 수
    """
    return sum(int(np.prod(weight.shape)) for weight in keras.Model(inputs, outputs).trainable_weights)

def size(channels, heads=4, classes=10):
    """The parameters of a module on maps with this many channels.

    ko: 채널이 이만큼인 맵에서 모듈의 파라미터 수
    """
    z = keras.Input((8, 8, channels))
    return trainable(z, attention_module(z, heads, classes))

for heads in (2, 4, 8):
    print(f"C = 64, K = {heads}: {size(64, heads):>6,} = 9 · 64 · (2 · {heads} + {heads} · 10)")
print(f"with 1×1 kernels it would be {size(64) // 9:,}")
# ko: print(f"1×1 커널이라면 {size(64) // 9:,}개")

# %% [markdown] lang="en"
# **27,648**, and five sixths of them in the output head. With K = 1 the head gate is a softmax of one number: always 1.
#
# The paper's networks are **Wide ResNets**, residual networks with many channels. WRN-28-10 has three groups, which end
# with 160, 320 and 640 channels, and a module stands behind each. Your modules have 483,840 parameters there for 10 classes,
# the global gates 2,568, and a batch normalisation that the released network has behind its first convolution 32 more. In
# all 36,479,194 become **36,965,634**, the paper's "37M".
#
# ## Exercise 5: which hypothesis counts
#
# The modules and the network's last layer each have a hypothesis, and **global gates** weigh them, from the last map. Here
# paper and code differ again. The paper's figure draws masks on the last map, as in a module, while the code averages the
# map and applies a dense layer without a bias, then *batch normalisation*, tanh and softmax. We write the code's form.

# %% [markdown] lang="ko"
# **27,648개**이고, 그 가운데 6분의 5가 출력 헤드에 있습니다. K = 1이면 헤드 게이트는 수 하나에 소프트맥스를 적용한
# 것이므로 언제나 1입니다.
#
# 논문의 신경망은 채널이 많은 잔차 신경망인 **Wide ResNet**입니다. WRN-28-10에는 그룹이 세 개 있고, 각각 채널 160, 320,
# 640개로 끝나며, 그룹 뒤마다 모듈이 하나씩 있습니다. 클래스가 10개일 때 여러분의 모듈은 파라미터가 모두 483,840개이고,
# 전역 게이트는 2,568개입니다. 공개된 신경망에는 첫 합성곱 뒤에 배치 정규화(batch normalization)도 있어서 32개가
# 더해집니다. 모두 합치면 36,479,194개가 **36,965,634개**로 늘어나는데, 논문에는 "37M"으로 적혀 있습니다.
#
# ## 연습 문제 5: 어느 가설을 얼마나 반영할까
#
# 모듈마다 가설이 하나씩 있고, 신경망의 마지막 층에도 하나 있습니다. **전역 게이트**는 마지막 맵을 보고 이 가설들의
# 가중치를 정합니다. 여기서도 논문과 코드가 다릅니다. 논문의 그림에서는 모듈에서처럼 마지막 맵에 마스크를 씁니다. 반면
# 코드는 맵을 평균 내고, 편향이 없는 Dense 층, **배치 정규화**, tanh, 소프트맥스를 차례로 적용합니다. 우리는 코드의
# 형태로 작성합니다.

# %% solution="global_gates"
def global_gates(features, count):
    """Decide for this image how much each hypothesis counts.

    Args:
        features: the network's last feature map, (batch, height, width, channels).
        count: number of hypotheses.

    Returns:
        Gates, (batch, count): positive, and their sum is 1.

    ko: 이 이미지에서 가설마다 비중이 얼마인지 정합니다.

    인수:
        features: 신경망의 마지막 특징 맵, (batch, height, width, channels).
        count: 가설의 수.

    반환값:
        게이트, (batch, count): 모두 양수이고 합이 1입니다.
    """
    ### BEGIN SOLUTION
    pooled = layers.GlobalAveragePooling2D()(features)
    scores = layers.Dense(count, use_bias=False)(pooled)
    scores = layers.BatchNormalization()(scores)
    return ops.softmax(ops.tanh(scores))
    ### END SOLUTION

# %% check="global_gates" points=3
check(global_gates)

# %% [markdown] lang="en"
# ## Exercise 6: one answer
#
# $$ \text{paper:}\quad \sum_l g_l\, o^l \qquad\qquad
# \text{code:}\quad \sum_l g_l\, \log \mathrm{softmax}(o^l) $$
#
# The paper adds the scores, while the code first turns each hypothesis into log-probabilities. Write the code's form.

# %% [markdown] lang="ko"
# ## 연습 문제 6: 하나의 답
#
# $$ \text{논문:}\quad \sum_l g_l\, o^l \qquad\qquad
# \text{코드:}\quad \sum_l g_l\, \log \mathrm{softmax}(o^l) $$
#
# 논문은 점수를 더하지만, 코드는 먼저 가설을 로그 확률(log-probability)로 바꿉니다. 코드의 형태로 작성하세요.

# %% solution="rectify"
def rectify(hypotheses, gates):
    """Make all hypotheses one.

    Args:
        hypotheses: class scores, (batch, count, classes).
        gates: (batch, count), their sum is 1.

    Returns:
        Class scores, (batch, classes): a weighted mean of log-probabilities.

    ko: 모든 가설을 하나로 합칩니다.

    인수:
        hypotheses: 클래스 점수, (batch, count, classes).
        gates: (batch, count), 합이 1입니다.

    반환값:
        클래스 점수, (batch, classes): 로그 확률의 가중 평균입니다.
    """
    ### BEGIN SOLUTION
    beliefs = ops.log_softmax(hypotheses)
    return ops.sum(beliefs * ops.expand_dims(gates, axis=-1), axis=1)
    ### END SOLUTION

# %% check="rectify" points=2
check(rectify)

# %% [markdown] lang="en"
# Do the two answer differently? The next cell has three hypotheses about four classes. *Predict: will the two forms
# choose different classes? Different probabilities?*

# %% [markdown] lang="ko"
# 두 방식의 답은 다를까요? 다음 셀에는 클래스 네 개에 대한 가설이 세 개 있습니다. **예상해 보세요. 두 방식이 서로 다른
# 클래스를 고를까요? 확률은 다를까요?**

# %% experiment
rng = np.random.default_rng(3)
hypotheses = rng.normal(0, 3, (1, 3, 4)).astype("float32")
weights = np.array([[0.5, 0.3, 0.2]], "float32")
code_form = np.array(rectify(ops.convert_to_tensor(hypotheses), ops.convert_to_tensor(weights)))
paper_form = (hypotheses * weights[..., None]).sum(axis=1)
print("paper, sum of scores:          ", paper_form.round(2), "-> softmax", np.array(ops.softmax(paper_form)).round(3))
# ko: print("논문, 점수의 합:      ", paper_form.round(2), "-> 소프트맥스", np.array(ops.softmax(paper_form)).round(3))
print("code, sum of log-probabilities:", code_form.round(2), "-> softmax", np.array(ops.softmax(code_form)).round(3))
# ko: print("코드, 로그 확률의 합:", code_form.round(2), "-> 소프트맥스", np.array(ops.softmax(code_form)).round(3))
print(f"exp of the code's sum adds up to {np.exp(code_form).sum():.3f}, not to 1")
# ko: print(f"코드의 합에 exp를 하면 모두 더해 {np.exp(code_form).sum():.3f}이고 1이 아닙니다")

# %% [markdown] lang="en"
# The probabilities are the same: a log-softmax subtracts *one* number from all classes of a hypothesis, and a softmax at
# the end does not see such a number.
#
# So why bother? Because of the **loss**. The code trains with minus the right class's score, just as it comes out:
# $-\sum_l g_l \log p_l(\text{right class})$. That is every hypothesis' *own* cross-entropy, its surprise at the right
# class, averaged with the gates as weights, so that each of them must learn to be right by itself. With a softmax at the
# end, only their sum must be right, and any of them may be nonsense. When we trained our small network that way, with two
# seeds, its last layer alone was right 13 and 15 % of the time, and all three together about half of the time.

# %% [markdown] lang="ko"
# 확률은 똑같습니다. 로그 소프트맥스는 한 가설의 모든 클래스에서 **똑같은** 수를 뺄 뿐이고, 끝에 소프트맥스가 오면 그 수는 사라집니다.
#
# 그렇다면 왜 굳이 로그 소프트맥스를 쓸까요? **손실**(loss) 때문입니다. 코드는 정답 클래스의 점수에 음의 부호를 붙여
# $-\sum_l g_l \log p_l(\text{정답})$을 그대로 손실로 씁니다. 이것은 가설마다 **따로** 구한 교차 엔트로피(cross-entropy)
# 손실을 게이트로 가중 평균한 것입니다. 그래서 가설마다 혼자서도 맞히도록 학습됩니다. 끝에 소프트맥스를 두면 합만 맞으면
# 되므로, 그중 어떤 가설은 엉터리여도 됩니다. 우리가 작은 신경망을 시드(seed) 두 개로 그렇게 학습했더니 마지막 층 혼자서는
# 13%와 15%만 맞혔고, 셋을 합치면 절반쯤 맞혔습니다.

# %%
def surprise(labels, scores):
    """Minus the score of the right class: (batch,) and (batch, classes) to (batch,).

    ko: 정답 클래스의 점수에 마이너스를 붙인 것: (batch,)와 (batch, classes)에서 (batch,)로.
    """
    chosen = ops.one_hot(ops.cast(ops.reshape(labels, (-1,)), "int32"), scores.shape[-1])
    return -ops.sum(scores * chosen, axis=-1)

# %% [markdown] lang="en"
# ## Exercise 7: not all at one place
#
# Four heads that look at the same place are no more than one head, so the paper adds a penalty for overlapping masks:
#
# $$ \frac{1}{K^2} \sum_{i \ne j} \Big(\sum_{x,y} H_i \odot H_j\Big)^2 $$
#
# The released code averages the masks over squares of 2 × 2 first, and weighs the penalty with 0.001. In the paper's
# ablation it makes little difference; the gates make the most. Return one number for each image. *Predict: which masks
# have penalty 0? Which have the largest?*

# %% [markdown] lang="ko"
# ## 연습 문제 7: 모두 한곳만 보지 않도록
#
# 헤드 네 개가 같은 곳을 본다면 헤드 하나와 다름없으므로, 논문은 마스크가 겹치는 만큼 손실에 페널티(penalty)
# 항을 더합니다.
#
# $$ \frac{1}{K^2} \sum_{i \ne j} \Big(\sum_{x,y} H_i \odot H_j\Big)^2 $$
#
# 공개된 코드는 먼저 마스크를 2 × 2 영역마다 평균 내고, 페널티 항에 0.001을 곱합니다. 논문의 제거 실험(ablation
# study)에서 페널티의 효과는 작았고, 게이트의 효과가 가장 컸습니다. 이미지마다 수 하나를 반환하세요. **예상해 보세요.
# 어떤 마스크의 페널티가 0일까요? 가장 큰 것은 어떤 마스크일까요?**

# %% solution="mask_diversity"
def mask_diversity(masks):
    """How much the masks of an image overlap: a penalty that makes heads look at different places.

    Args:
        masks: (batch, height, width, heads), each mask sums to 1 over height and width.

    Returns:
        One penalty for each image, (batch,).

    ko: 한 이미지의 마스크들이 겹치는 정도. 헤드마다 다른 곳을 보게 하는 페널티입니다.

    인수:
        masks: (batch, height, width, heads), 마스크마다 높이와 너비에 대한 합이 1입니다.

    반환값:
        이미지마다 페널티 하나, (batch,).
    """
    ### BEGIN SOLUTION
    overlaps = ops.einsum("bhwi,bhwj->bij", masks, masks)
    others = overlaps * (1 - ops.eye(masks.shape[-1]))
    return ops.mean(ops.square(others), axis=(1, 2))
    ### END SOLUTION

# %% check="mask_diversity" points=2
check(mask_diversity)

# %% [markdown] lang="en"
# Masks that share no position have penalty 0. It is largest, $(K^2 - K) / K^2$, when all of them put everything on one
# position.

# %% [markdown] lang="ko"
# 위치가 하나도 겹치지 않는 마스크들의 페널티는 0입니다. 모든 마스크가 같은 위치 하나에 1을 몰아주면 $(K^2 - K) /
# K^2$으로 가장 커집니다.

# %% [markdown] lang="en"
# **How many modules, how many heads?** The paper calls the number of modules *attention depth* (AD) and the number of
# heads in each, our $K$, *attention width* (AW). It tried both on cluttered digits ([Rodríguez et
# al.](https://arxiv.org/abs/1807.07320), Figure 4), with four of each as the best:
#
# | what is changed | the accuracy there |
# |---|---|
# | AD from 1 to 4 | rises |
# | AW from 1 to 4 | rises a little |
# | gates by sigmoids in place of a softmax | falls |
# | no penalty for overlapping masks | hardly falls |
# | no gates | falls most |
#
# On CIFAR it took AD = 3, a module behind each group, and AW = 4. The errors in its Table 2, in %:
#
# | network | CIFAR-10 | CIFAR-100 |
# |---|---|---|
# | ResNeXt-29 | 3.58 | 17.31 |
# | DenseNet-190 | 3.46 | 17.18 |
# | WRN-40 | 3.80 | 18.30 |
# | WRN-40 with another attention | 3.90 | 19.20 |
# | WARN-28, with these modules | 3.44 | 18.26 |
# | WARN-40, with these modules | 3.46 | 17.82 |
#
# So a module more brings more than a head more, and the modules help the Wide ResNet. On CIFAR-100 two networks without
# attention stay ahead of it. Of which epoch these errors are is said at the end of this lesson.

# %% [markdown] lang="ko"
# **모듈은 몇 개, 헤드는 몇 개가 좋을까요?** 논문에서는 모듈의 수를 어텐션 깊이(attention depth, AD), 모듈마다 있는 헤드의 수, 곧 우리의
# $K$를 어텐션 너비(attention width, AW)라고 합니다. 논문은 다른 것과 섞인 숫자 그림에서 둘을
# 시험했고([Rodríguez 등](https://arxiv.org/abs/1807.07320), 그림 4), 둘 다 4일 때 가장 좋았습니다.
#
# | 바꾼 것 | 그때의 정확도 |
# |---|---|
# | AD를 1에서 4까지 | 오름 |
# | AW를 1에서 4까지 | 조금 오름 |
# | 게이트에 소프트맥스 대신 시그모이드(sigmoid) | 내림 |
# | 마스크가 겹칠 때의 페널티를 뺌 | 거의 그대로 |
# | 게이트를 뺌 | 가장 크게 내림 |
#
# CIFAR에서는 그룹마다 뒤에 모듈을 하나씩 두어 AD = 3으로, AW = 4로 했습니다. 표 2의 오류율(%)은 다음과 같습니다.
#
# | 신경망 | CIFAR-10 | CIFAR-100 |
# |---|---|---|
# | ResNeXt-29 | 3.58 | 17.31 |
# | DenseNet-190 | 3.46 | 17.18 |
# | WRN-40 | 3.80 | 18.30 |
# | WRN-40과 다른 어텐션 | 3.90 | 19.20 |
# | WARN-28, 이 모듈들과 함께 | 3.44 | 18.26 |
# | WARN-40, 이 모듈들과 함께 | 3.46 | 17.82 |
#
# 헤드를 늘리는 것보다 모듈을 늘리는 쪽이 더 도움이 되고, 모듈은 Wide ResNet의 오류율을 낮춥니다. 그래도 CIFAR-100에서는 어텐션이 없는
# 신경망 둘이 여전히 앞섭니다. 이 오류율이 어느 에포크(epoch)의 것인지는 레슨 끝에 적었습니다.

# %% [markdown] lang="en"
# ## Bonus: mend this
#
# Here is BAM's spatial branch (lesson 7) with two faults, which no shape shows. *Find them and mend them, without looking at your own.* `mend` says which aspects are right, but not what is wrong.
#
# <details><summary>Where the faults are from</summary>
#
# In a [port](https://github.com/changzy00/pytorch-attention) the first convolution
# has neither batch normalisation nor ReLU behind it. The other fault is ours: the second 3×3 convolution has lost its
# dilation, so that it reads its neighbours alone.
# </details>

# %% [markdown] lang="ko"
# ## 보너스: 고쳐 보기
#
# 다음은 레슨 7의 BAM에서 위치를 보는 브랜치(branch)인데 고장 난 곳이 두 군데 있습니다. 출력의 형태만 보아서는 알 수 없습니다. **여러분의
# 답을 보지 말고 찾아서 고쳐 보세요.** `mend`는 어떤 측면이 맞는지만 알려 주고, 무엇이 틀렸는지는 알려 주지 않습니다.
#
# <details><summary>어디에 있던 실수인가</summary>
#
# 어떤 [코드](https://github.com/changzy00/pytorch-attention)에서는 첫 번째 합성곱
# 뒤에 배치 정규화와 ReLU가 없습니다. 다른 하나는 우리가 넣은 것입니다. 두 번째 3×3 합성곱에 팽창률(dilation)이 빠져 있어서 바로 옆
# 위치만 읽습니다.
# </details>

# %% experiment
from autograder import mend

def repaired(x, ratio=16, dilation=4):
    """BAM's spatial branch: one score for each position, from two dilated convolutions in a bottleneck.

    ko: BAM의 공간 브랜치. 병목 안의 팽창 합성곱 두 개로 위치마다 점수 하나를 구합니다.
    """
    filters = max(1, x.shape[-1] // ratio)
    scores = layers.Conv2D(filters, 1)(x)
    for rate in (dilation, 1):
        scores = layers.Conv2D(filters, 3, padding="same", dilation_rate=rate)(scores)
        scores = layers.BatchNormalization()(scores)
        scores = layers.ReLU()(scores)
    return layers.Conv2D(1, 1)(scores)

mend(repaired, "bam_spatial_gate")

# %% [markdown] lang="en"
# ## In a network
#
# The next two cells are given: the residual block of lesson 2, and a small network of two groups in the manner of a
# Wide ResNet. `rectified_network` puts one of your modules behind each group and returns everything it works out, so
# that we can look at it.

# %% [markdown] lang="ko"
# ## 신경망에 넣기
#
# 다음 두 셀은 주어진 코드로, 레슨 2의 잔차 블록(residual block)과 Wide ResNet을 본뜬 그룹 두 개짜리 작은 신경망입니다.
# `rectified_network`는 그룹마다 뒤에 여러분의 모듈을 하나씩 두고, 나중에 들여다볼 수 있도록 계산한 것을 모두
# 반환합니다.

# %% given="residual_block"

# %%
def groups(image, filters=(32, 64)):
    """A small residual network: its maps at the end of each group, 14 × 14 × 32 and 7 × 7 × 64.

    ko: 작은 잔차 신경망: 그룹마다 끝의 맵, 14 × 14 × 32와 7 × 7 × 64
    """
    x = layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False)(image)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    first = residual_block(x, filters[0], 1, "group1")
    return [first, residual_block(first, filters[1], 2, "group2")]

def last_layer_network():
    """The network as it is: one hypothesis, from its last map.

    ko: 신경망 그대로: 마지막 맵에서 얻은 가설 하나
    """
    image = keras.Input((28, 28, 1))
    pooled = layers.GlobalAveragePooling2D()(groups(image)[-1])
    return keras.Model(image, layers.Dense(10, activation="log_softmax")(pooled))

def rectified_network(heads=4, classes=10, filters=(32, 64)):
    """The same with a module at the end of each group: all it works out, the scores first.

    ko: 그룹마다 끝에 모듈을 둔 같은 신경망: 계산한 것을 모두 내고, 점수가 맨 앞입니다.
    """
    image = keras.Input((28, 28, 1))
    maps = groups(image, filters)
    proposals, masks = zip(*(attention_module(z, heads, classes) for z in maps))
    own = layers.Dense(classes)(layers.GlobalAveragePooling2D()(maps[-1]))
    hypotheses = ops.stack([*proposals, own], axis=1)
    gates = global_gates(maps[-1], len(maps) + 1)
    return keras.Model(image, [rectify(hypotheses, gates), hypotheses, gates, *masks])

# %% [markdown] lang="en"
# The next cell trains on 3,000 cluttered pictures, with and without your modules. *Predict: chance is 10 %. How far will
# the network get that sees the whole clutter at once?* The penalty is left out of this training; it measures the masks
# afterwards.

# %% [markdown] lang="ko"
# 조각이 흩어진 그림 3,000장으로, 모듈이 있을 때와 없을 때를 학습해 봅니다. **예상해 보세요. 무작위로 찍으면 10%입니다.
# 어수선한 그림 전체를 한꺼번에 보는 신경망은 얼마나 맞힐까요?** 이 학습의 손실에는 페널티 항을 넣지 않고, 학습이 끝난 뒤
# 마스크를 재는 데만 씁니다.

# %% experiment
from coursekit.experiments import Budget, classification, report

BUDGET = Budget(images=3_000, epochs=5, seeds=1, test_images=2_000)
# In full, with more seeds and a third network: python experiments/lessons.py clutter
# ko: 더 많은 시드와 세 번째 신경망까지 하는 전체 학습: python experiments/lessons.py clutter

data = (in_clutter(train_images[: BUDGET.images], seed=0)[0], train_labels), (pictures, labels)
keras.utils.set_random_seed(0)
whole = rectified_network()
builders = {
    "last layer alone": last_layer_network,
    # ko: "마지막 층만": last_layer_network,
    "attend and rectify": lambda: keras.Model(whole.input, whole.outputs[0]),
    # ko: "어텐션과 교정": lambda: keras.Model(whole.input, whole.outputs[0]),
}
runs = classification(builders, data, BUDGET, loss=surprise)
for run in runs:
    print(f"{run.name:19}{run.parameters:,} parameters, {run.seconds:.0f} s, accuracy {run.metric:.1%}")
    # ko: print(f"파라미터 {run.parameters:,}개, {run.seconds:.0f}초, 정확도 {run.metric:.1%}: {run.name}")
title = "Surprise in training: {:.2f} with the last layer alone, {:.2f} with three hypotheses"
# ko: title = "훈련 손실: 마지막 층만 쓰면 {:.2f}, 가설 세 개를 쓰면 {:.2f}"
title = title.format(*(run.history[-1] for run in runs))
curves({run.name: [run.history] for run in runs}, title, "epoch", "training loss")
# ko: curves({run.name: [run.history] for run in runs}, title, "에포크", "훈련 손실")

# %% [markdown] lang="en"
# Do not compare the two losses too closely, for one is the surprise of a single answer and the other a mean over three.
# Compare accuracies, and those of more than one seed. The shipped results have several seeds, and a third network: the
# same modules *without gates*, where all heads and all hypotheses count alike.

# %% [markdown] lang="ko"
# 두 손실을 서로 너무 엄밀하게 비교하지는 마세요. 하나는 답 하나의 교차 엔트로피이고, 다른 하나는 답 세 개의 가중
# 평균이기 때문입니다. 비교할 것은 정확도이고, 그것도 시드 여러 개의 정확도여야 합니다. 강의에 들어 있는 결과에는
# 시드가 여러 개 있고, 세 번째 신경망도 있습니다. 모듈은 같지만 **게이트가 없어서** 모든 헤드와 모든 가설을 똑같은
# 비중으로 반영하는 신경망입니다.

# %% experiment
accuracies = report("clutter", "last layer alone", 100)
# ko: =
gain = accuracies["attend and rectify"] - accuracies["last layer alone"]
title = f"With attention the accuracy is higher with {(gain > 0).sum()} of {len(gain)} seeds"
# ko: title = f"시드 {len(gain)}개 가운데 {(gain > 0).sum()}개에서 어텐션이 있을 때 정확도가 더 높습니다"
comparison(accuracies, title, "accuracy on cluttered test images (%)")
# ko: comparison(accuracies, title, "잡동사니 속 테스트 이미지의 정확도(%)")

# %% [markdown] lang="en"
# How to read it: a dot is a seed, the bar the 95 % interval of the mean, and further right is better. Then read the printed
# differences of the means: if an interval contains 0, these seeds cannot tell the network from the one without modules.
#
# ## Where do the heads look?
#
# We know where each garment lies, so we can check. The next cell adds up the part of each mask that falls on its
# garment's square. *Predict: an even mask would have a quarter there. How much will the best head have? And will all
# four heads of a module look at the garment?*

# %% [markdown] lang="ko"
# 읽는 법은 이렇습니다. 점 하나가 시드 하나이고 막대는 평균의 95% 신뢰 구간이며, 오른쪽일수록 좋습니다. 출력된 차이는
# 평균끼리의 차이입니다. 신뢰 구간에 0이 들어 있으면 이 시드들만으로는 모듈이 없는 신경망과 구별할 수 없습니다.
#
# ## 헤드는 어디를 볼까
#
# 우리는 옷이 어디에 있는지 알고 있으므로 확인할 수 있습니다. 다음 셀은 마스크마다 옷이 놓인 사각형 안에 들어간 비율을
# 구합니다. **예상해 보세요. 균일한 마스크라면 그 안에 4분의 1이 들어갑니다. 가장 잘 찾는 헤드는 얼마나 될까요? 한
# 모듈의 헤드 네 개가 모두 옷을 볼까요?**

# %% experiment
images = pictures[..., np.newaxis] / np.float32(255)
scores, hypotheses, gates, *masks = whole.predict(images, verbose=0)

def on_garment(masks):
    """Which share of each mask lies on its garment's square of 14 × 14, (batch, heads).

    ko: 마스크마다 14 × 14 크기의 옷 영역에 놓인 비율, (batch, heads)
    """
    side = masks.shape[1]
    middles = (np.arange(side) + 0.5) * 28 / side
    inside = (corners[:, :, None] <= middles) & (middles < corners[:, :, None] + 14)  # (batch, row or column, side)
    # ko: # (batch, 행 또는 열, side)
    return np.einsum("bh,bw,bhwk->bk", inside[:, 0], inside[:, 1], masks)

for number, group in enumerate(masks, start=1):
    print(f"group {number}, {group.shape[1]} × {group.shape[2]}:", *on_garment(group).mean(axis=0).round(2))
    # ko: print(f"그룹 {number}, {group.shape[1]} × {group.shape[2]}:", *on_garment(group).mean(axis=0).round(2))
print(f"a mask that is even everywhere would have {14 * 14 / 28 / 28:.2f} there")
# ko: print(f"균일한 마스크라면 그 비율은 {14 * 14 / 28 / 28:.2f}입니다")
shares = on_garment(masks[-1]).mean(axis=0)
best = shares.argmax()
shown = masks[-1][few, ..., best]
title = f"Head {best + 1} of the last module puts {shares[best]:.0%} of its mask on the garment"
# ko: title = f"마지막 모듈의 헤드 {best + 1}번은 마스크의 {shares[best]:.0%}를 옷에 둡니다"
attention_overlay(images[few], shown / shown.max(axis=(1, 2), keepdims=True), title)

# %% [markdown] lang="en"
# The top row has the cluttered pictures, the middle row one head's mask on the 7 × 7 map, each scaled to its own maximum
# (yellow is where it looks), and the bottom row both. The bright spot wanders with the garment, although nobody has told
# the network where garments lie: it was only told their kinds.
#
# But read the numbers above the figure: some heads have hardly more than a quarter on the garment, or less. The next
# figures show all four heads of both modules for one picture. *Predict: what could a head be good for that looks
# elsewhere?*

# %% [markdown] lang="ko"
# 윗줄은 조각이 흩어진 그림, 가운뎃줄은 7 × 7 맵에서 한 헤드의 마스크(저마다 최댓값에 맞춤, 노란색이 보는 곳), 아랫줄은
# 둘을 겹친 것입니다. 옷이 어디에 있는지는 알려 준 적이 없는데도 밝은 점이 옷을 따라다닙니다. 신경망에 알려 준
# 것은 옷의 종류뿐입니다.
#
# 하지만 그림 위에 출력된 숫자를 보세요. 옷 위에 놓인 비율이 4분의 1을 겨우 넘거나 그보다 적은 헤드도 있습니다. 다음
# 그림들은 입력 그림 한 장에서 두 모듈의 헤드 네 개를 모두 보여 줍니다. **예상해 보세요. 다른 곳을 보는 헤드는 무슨
# 쓸모가 있을까요?**

# %% experiment
one = few[2]
for number, group in enumerate(masks, start=1):
    heads = np.moveaxis(group[one], -1, 0)
    parts = ", ".join(f"{part:.0%}" for part in on_garment(group)[one])
    title = f"{CLASS_NAMES[labels[one]]}, group {number}: {parts} of the four masks lie on the garment"
    # ko: title = f"{CLASS_NAMES[labels[one]]}, 그룹 {number}: 네 마스크가 옷에 두는 비율은 {parts}입니다"
    copies = np.repeat(images[one : one + 1], 4, axis=0)
    display(attention_overlay(copies, heads / heads.max(axis=(1, 2), keepdims=True), title))
overlaps = [np.mean(mask_diversity(ops.convert_to_tensor(group))) for group in masks]
print("mask diversity penalty of each module:", *(f"{overlap:.5f}" for overlap in overlaps))
# ko: print("모듈마다 마스크 다양성 페널티:", *(f"{overlap:.5f}" for overlap in overlaps))

# %% [markdown] lang="en"
# Heads of a module that look at one place overlap, and their penalty grows. The line below the figures has it: though
# nothing charged for it here, it is far from the largest possible, 0.75 for four heads. A head that looks elsewhere may collect what the class scores are like where nothing is, or simply be of no use. Its gate can be
# the smallest then, but thanks to tanh it does not go to 0.
#
# ## Put right and spoilt
#
# Now the question. Each of the three hypotheses can answer alone, because the loss made each of them learn. The next
# cell lets them do so, and counts what joining them has changed about the last layer's answers. *Predict: is the last layer
# the best of the three? How many of its right answers are lost?*

# %% [markdown] lang="ko"
# 한 모듈에서 같은 곳을 보는 헤드들은 서로 겹쳐서 페널티가 커집니다. 그 값은 그림 아래의 줄에 나와 있는데, 손실에 넣지
# 않았는데도 헤드가 네 개일 때의 최댓값 0.75보다 훨씬 작습니다. 다른 곳을 보는 헤드는 아무것도 없는 곳의 클래스 점수를 모으고 있을 수도 있고, 그저 쓸모가 없을 수도 있습니다. 그럴 때 그 헤드의
# 게이트가 가장 작을 수는 있지만, tanh 덕분에 0이 되지는 않습니다.
#
# ## 바로잡은 답과 망친 답
#
# 이제 처음 질문에 답할 차례입니다. 손실이 가설마다 따로 학습되게 했으므로 가설 세 개는 모두 혼자서도 답할 수 있습니다.
# 다음 셀은 가설마다 혼자 답하게 하고, 합쳤을 때 마지막 층의 답이 어떻게 바뀌었는지 셉니다. **예상해 보세요. 셋 가운데
# 마지막 층이 가장 잘 맞힐까요? 마지막 층이 맞힌 답 가운데 몇 개나 잃게 될까요?**

# %% experiment
names = ["module 1", "module 2", "last layer"]
# ko: names = ["모듈 1", "모듈 2", "마지막 층"]
alone = hypotheses.argmax(axis=-1) == labels[:, None]
together = scores.argmax(axis=-1) == labels
for number, name in enumerate(names):
    gate = gates[:, number]
    print(f"{name:11}alone {alone[:, number].mean():.1%}", end="   ")
    # ko: print(f"{name}: 혼자서 {alone[:, number].mean():.1%}", end="   ")
    print(f"gate {gate.mean():.2f}, from {gate.min():.2f} to {gate.max():.2f}")
    # ko: print(f"게이트 평균 {gate.mean():.2f}, {gate.min():.2f}부터 {gate.max():.2f}까지")
print(f"all three  {together.mean():.1%}")
# ko: print(f"셋을 합쳐서 {together.mean():.1%}")
mended, spoilt = (together & ~alone[:, -1]).sum(), (~together & alone[:, -1]).sum()
print(f"of {len(labels):,} answers of the last layer, {mended} were put right and {spoilt} spoilt")
# ko: print(f"마지막 층의 답 {len(labels):,}개 가운데 {mended}개가 바로잡히고 {spoilt}개가 틀리게 바뀌었습니다")

# %% [markdown] lang="en"
# The last line is the answer to the opening question, for this network and this seed. Mind whose answers were put right,
# though: for us this last layer, trained beside two modules, was right less often by itself than the network without any
# modules above. So the modules have gained less than the two numbers suggest.
#
# What is the gain owed to, the three opinions or the gates that weigh them? *Predict: is a hypothesis' gate larger where it is right? And what
# happens to the accuracy if each picture gets the gates of another one, or all gates are equal?*

# %% [markdown] lang="ko"
# 마지막 줄이 이 신경망과 이 시드에서 얻은, 처음 질문에 대한 답입니다. 다만 바로잡힌 것이 어떤 층의 답인지 보아야 합니다.
# 우리가 실행했을 때, 모듈 두 개와 함께 학습한 이 마지막 층은 위에서 모듈 없이 학습한 신경망보다 혼자서는 덜 맞혔습니다.
# 그러므로 모듈로 얻은 것은 두 수가 말하는 것보다 적습니다.
#
# 그렇다면 나아진 것은 의견이 셋이어서일까요, 아니면 그 가중치를 정하는 게이트 덕분일까요? **예상해 보세요. 가설이 맞힐 때 그 가설의 게이트가 더 클까요? 그림마다 다른 그림의
# 게이트를 쓰거나 게이트를 모두 같게 하면 정확도는 어떻게 될까요?**

# %% experiment
beliefs = np.array(ops.log_softmax(hypotheses))
for number, name in enumerate(names):
    right = alone[:, number]
    own, other = gates[right, number].mean(), gates[~right, number].mean()
    print(f"gate of {name:11}{own:.2f} where it is right, {other:.2f} where it is wrong")
    # ko: print(f"{name}의 게이트: 맞힌 이미지에서 {own:.2f}, 틀린 이미지에서 {other:.2f}")
trials = {
    "own gates": gates,
    # ko: "자신의 게이트": gates,
    "another picture's gates": np.roll(gates, 1, axis=0),
    # ko: "다른 이미지의 게이트": np.roll(gates, 1, axis=0),
    "the mean gates": np.broadcast_to(gates.mean(axis=0), gates.shape),
    # ko: "게이트의 평균": np.broadcast_to(gates.mean(axis=0), gates.shape),
    "equal gates": np.full_like(gates, 1 / 3),
    # ko: "모두 같은 게이트": np.full_like(gates, 1 / 3),
}
for name, used in trials.items():
    answers = (beliefs * used[..., np.newaxis]).sum(axis=1).argmax(axis=1)
    print(f"{name:24}accuracy {np.mean(answers == labels):.1%}")
    # ko: print(f"정확도 {np.mean(answers == labels):.1%}   {name}")

# %% [markdown] lang="en"
# In two runs of ours the gates were a little larger, if at all, where their hypothesis was right, and with equal gates
# the accuracy stayed within half a point. So the global gates know little about which hypothesis is right in *this* picture,
# and it was the number of opinions that helped, more than their weighing. The third network of the shipped results, which was *trained*
# without gates, is even ahead of the one with gates, by 2.1 points (interval 0.2 to 3.9). In the paper's ablation, on
# cluttered digits, it is the other way round: there, leaving out the gates costs most.

# %% [markdown] lang="ko"
# 우리가 두 번 실행했을 때, 가설이 맞힐 때의 게이트는 조금 더 크거나 거의 같았고, 게이트를 모두 같게 해도 정확도는
# 0.5%p(퍼센트포인트) 안에서만 움직였습니다. 그러니 전역 게이트는 **이** 그림에서 어느 가설이 옳은지 거의 모르고, 가중치를
# 어떻게 정하느냐보다 의견이 여럿이라는 점이 더 도움이 되었습니다. 강의에 들어 있는 결과에서는 게이트 없이 **학습한** 세
# 번째 신경망이 게이트가 있는 신경망보다 오히려 2.1%p 앞섭니다(신뢰 구간 0.2%p에서 3.9%p). 다른 것과 섞인 숫자 그림으로
# 한 논문의 제거 실험에서는 반대로, 게이트를 뺄 때 가장 크게 나빠졌습니다.

# %% [markdown] lang="en"
# ## Move it yourself
#
# Each garment above lay at one place. In the demo the scraps lie still and you move the garment. At work is your own
# `rectified_network`, half as wide, with weights that the course has trained on 30,000 cluttered pictures. Leave the
# pullover at its column first and move its row from top to bottom; then go through the heads. *Predict: will the answer
# be the same at every place? Will every head follow the garment?*
#
# <details><summary>The demo as a picture</summary>
#
# ![Above: a pullover among scraps, the masks of one head in both modules over it, and a map of how probable the right
# class is with the pullover at each place. Below: the global gates of the three hypotheses with what each says alone,
# and bars with the probability of each class, for the joint answer and for the last layer alone.](masks_and_hypotheses.png)
#
# </details>

# %% [markdown] lang="ko"
# ## 직접 옮겨 보기
#
# 지금까지는 옷마다 한 위치에서만 보았습니다. 데모에서는 조각은 그대로 있고 여러분이 옷을 옮깁니다. 이 데모는 여러분의
# `rectified_network`를 절반 너비로 만들고, 강의에서 조각이 흩어진 그림 3만 장으로 학습한 가중치를 넣은 것입니다. 먼저
# 풀오버의 열은 그대로 두고 행을 위에서 아래까지 옮겨 보고, 그다음 헤드를 하나씩 넘겨 보세요. **예상해 보세요. 어느
# 위치에서나 답이 같을까요? 모든 헤드가 옷을 따라갈까요?**
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![위쪽에는 조각들 사이의 풀오버, 그 위에 겹친 두 모듈의 한 헤드의 마스크, 풀오버를 위치마다 놓았을 때 정답 클래스의
# 확률을 나타낸 맵이 있습니다. 아래쪽에는 가설 세 개의 전역 게이트와 가설마다 혼자 내는 답, 그리고 모두 합친 답과 마지막
# 층 혼자의 답에서 클래스별 확률을 나타낸 막대가 있습니다.](masks_and_hypotheses.png)
#
# </details>

# %% experiment
from coursekit import live

live.masks_and_hypotheses(rectified_network)

# %% [markdown] lang="en"
# The answer changes with the place: convolutions with strides and masks on a coarse grid cut the garment differently when
# it moves by one pixel, and other scraps lie beside it. And not every head follows. One of the second module has less of
# its mask on the garment than an even mask would: it has learned to look elsewhere.

# %% [markdown] lang="ko"
# 답은 위치에 따라 달라집니다. 옷이 한 픽셀만 움직여도 스트라이드(stride)가 있는 합성곱과 해상도가 낮은 마스크가 옷을
# 다르게 자르고, 옆에 놓이는 조각도 달라지기 때문입니다. 그리고 모든 헤드가 옷을 따라가지는 않습니다. 두 번째 모듈의
# 헤드 하나는 옷 위에 두는 비율이 균일한 마스크보다도 낮습니다. 다른 곳을 보도록 학습된 것입니다.

# %% [markdown] lang="en"
# ## What was found
#
# **Earlier layers can put the last one right**, and they can put it wrong: in our runs with this loss far more answers
# were put right than spoilt. **The heads found the garments** without being told where they are, though not all of them did,
# and not equally well.
#
# In the paper (Table 2), WRN-28-10 with these modules has 3.44 % error on CIFAR-10, and the deeper WRN-40-10 without
# them 3.80 %. The logs that come with the code show that 3.44 is of the *best* epoch on the test set (3.45 there); after
# the last epoch it is 3.68. We report last epochs.
#
# > **What this does not show.** Here the last layer has a handicap:
# > it averages a picture that is three quarters clutter. On garments in the middle of black, there would be less to put
# > right. Masks show where a head's scores are *taken from*, behind convolutions that have already seen the surroundings.
# > And the modules bring more parameters, most of them in the output heads, while a wider plain network of that size was
# > not tried: the figure of seeds compares accuracies, not causes.
#
# `progress()` shows what you have finished.

# %% [markdown] lang="ko"
# ## 알게 된 것
#
# **앞쪽 층은 마지막 층의 답을 바로잡을 수 있고**, 망칠 수도 있습니다. 이 손실로 학습한 우리 실험에서는 망친 답보다
# 바로잡은 답이 훨씬 많았습니다. **헤드는** 옷이 어디에 있는지 알려 주지 않았는데도 **옷을 찾았습니다**. 다만 모든 헤드가
# 찾은 것은 아니고, 얼마나 잘 찾는지도 저마다 다릅니다.
#
# 논문에서는(표 2) 이 모듈을 넣은 WRN-28-10의 CIFAR-10 오류율이 3.44%이고, 모듈이 없는 더 깊은 WRN-40-10은
# 3.80%입니다. 그런데 코드에 딸린 기록을 보면 3.44는 테스트 세트에서 **가장 좋았던** 에포크(epoch)의 값(기록에는
# 3.45)이고, 마지막 에포크에서는 3.68입니다. 우리는 마지막 에포크의 값만 씁니다.
#
# > **아직 알 수 없는 것.** 여기서는 마지막 층이 불리합니다. 4분의 3이 조각과 바탕인 그림을 평균 내기 때문입니다. 옷이
# > 검은 바탕 한가운데에 있다면 바로잡을 것도 더 적을 것입니다. 마스크는 헤드의 점수를 **어디에서 가져오는지** 보여 줄
# > 뿐이고, 그 점수는 이미 주변까지 본 합성곱에서 나온 것입니다. 그리고 모듈을 넣으면 파라미터가 늘어나는데, 그 대부분은
# > 출력 헤드에 있습니다. 크기가 같은 더 넓은 일반 신경망(plain network)과는 비교하지 않았으므로, 시드별 그림은 정확도를
# > 비교할 뿐 원인을 말해 주지 않습니다.
#
# 지금까지 마친 것은 `progress()`로 볼 수 있습니다.

# %% [markdown] lang="en"
# ## Quiz
#
# **1.** Why has the convolution of `attention_head` no bias?
#
# <details><summary>Answer</summary>
#
# A bias adds the same number to all positions of a head's score map. The softmax over positions does not see it, as you
# saw when 100 was added. It would be a parameter with gradient 0.
#
# </details>
#
# **2.** Someone writes `ops.mean` instead of `ops.sum` in `output_head`, and trains on maps of 14
# × 14. What becomes of the class scores, and why do shapes and parameter counts not tell?
#
# <details><summary>Answer</summary>
#
# All scores are divided by 196, so each hypothesis is nearly the same for all classes, and learns slowly. The mask has
# divided already. Shape and parameters are those of the right answer; only values differ.
#
# </details>
#
# **3.** A network has two modules and its own output. Between which two numbers does each global gate lie? Can the
# network choose to listen to its last layer only?
#
# <details><summary>Answer</summary>
#
# With three scores between −1 and 1, a gate is at least $e^{-1} / (e^{-1} + 2e) = 0.063$ and at most $e / (e + 2e^{-1})
# = 0.787$. No: the other two always keep at least a fifth together.
#
# </details>
#
# ## What to read
#
# - Rodríguez, Gonfaus, Cucurull, Roca and Gonzàlez, [Attend and Rectify: a Gated Attention Mechanism for Fine-Grained
#   Recovery](https://arxiv.org/abs/1807.07320), 2018, and the [released
#   code](https://github.com/prlz77/attend-and-rectify).
# - Zagoruyko and Komodakis, [Wide Residual Networks](https://arxiv.org/abs/1605.07146), 2016.
# - Jetley, Lord, Lee and Torr, [Learn To Pay Attention](https://arxiv.org/abs/1804.02391), 2018: attention at several
#   depths, with another way to join them.
#
# Shut down this kernel before the next lesson: *Kernel → Shut Down Kernel*.

# %% [markdown] lang="ko"
# ## 퀴즈
#
# **1.** `attention_head`의 합성곱에는 왜 편향이 없을까요?
#
# <details><summary>답</summary>
#
# 편향은 한 헤드의 점수 맵에서 모든 위치에 같은 수를 더합니다. 100을 더했을 때 보았듯이, 위치에 대한 소프트맥스의 결과는
# 그 수에 따라 달라지지 않습니다. 그래서 기울기(gradient)가 0인 파라미터가 될 뿐입니다.
#
# </details>
#
# **2.** 누군가 `output_head`에서 `ops.sum` 대신 `ops.mean`을 쓰고 14 × 14 맵으로 학습합니다. 클래스 점수는 어떻게
# 될까요? 형태와 파라미터 수로는 왜 알 수 없을까요?
#
# <details><summary>답</summary>
#
# 모든 점수가 196으로 나뉩니다. 그래서 가설이 모든 클래스에 거의 같은 점수를 주고, 학습도 느려집니다. 나누는 일은
# 마스크가 이미 했기 때문입니다. 형태와 파라미터는 맞는 답과 같고 값만 다르므로 그것으로는 알 수 없습니다.
#
# </details>
#
# **3.** 신경망에 모듈 두 개와 자신의 출력이 있습니다. 전역 게이트는 각각 어떤 두 수 사이에 있을까요? 이 신경망은 마지막
# 층의 답만 쓰기로 할 수 있을까요?
#
# <details><summary>답</summary>
#
# 점수 세 개가 −1과 1 사이에 있으므로 게이트는 $e^{-1} / (e^{-1} + 2e) = 0.063$ 이상, $e / (e + 2e^{-1}) = 0.787$
# 이하입니다. 마지막 층의 답만 쓸 수는 없습니다. 나머지 둘의 게이트를 합치면 언제나 5분의 1 이상이 되기 때문입니다.
#
# </details>
#
# ## 더 읽을거리
#
# - Rodríguez, Gonfaus, Cucurull, Roca, Gonzàlez, [Attend and Rectify: a Gated Attention Mechanism for Fine-Grained
#   Recovery](https://arxiv.org/abs/1807.07320), 2018, 그리고 [공개된 코드](https://github.com/prlz77/attend-and-rectify).
# - Zagoruyko, Komodakis, [Wide Residual Networks](https://arxiv.org/abs/1605.07146), 2016.
# - Jetley, Lord, Lee, Torr, [Learn To Pay Attention](https://arxiv.org/abs/1804.02391), 2018. 여러 깊이의 어텐션을 다른 방법으로
#   합칩니다.
#
# 다음 레슨으로 가기 전에 이 커널을 종료하세요: *Kernel → Shut Down Kernel*.
