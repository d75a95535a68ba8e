# %% [markdown] lang="en"
# # Self-attention
#
# Stand on the left leg of a pair of trousers and ask: is there another leg? A 3×3 convolution cannot tell. It sees the
# eight positions around it and no farther. The gates of lessons 3 to 9 help a little: a channel's gate knows the average of
# the whole picture, a soft mask twice as many rows as a convolution. But whatever they know of a far place only opens or
# shuts a gate. Nothing *comes* from there.
#
# **Can a position of a feature map look at any other, and what does that cost?** With **self-attention** every position looks at
# every other and fetches what it finds. You write it, watch a trained one look around, and count what each form of attention
# in this course costs. The last figure shows where the price explodes.
#
# Two exercises, 10 points, about <!-- minutes --> minutes.

# %% [markdown] lang="ko"
# # 셀프 어텐션
#
# 바지의 왼쪽 다리 위에 서서 물어봅시다. 다리가 하나 더 있을까요? 3×3 합성곱은 모릅니다. 둘레의 여덟 위치만 보기
# 때문입니다. 레슨 3부터 9까지의 게이트(gate)는 조금 도움이 됩니다. 채널의 게이트는 그림 전체의 평균을 알고, 소프트
# 마스크(soft mask)는 합성곱보다 두 배 많은 행을 봅니다. 그러나 먼 곳에 관해 무엇을 알든 게이트를 여닫을 뿐입니다. 그곳에서
# **가져오는** 것은 없습니다.
#
# **특징 맵(feature map)의 한 위치가 다른 모든 위치를 볼 수 있을까요? 그 비용은 얼마일까요?** **셀프 어텐션**(self-attention)에서는
# 모든 위치가 다른 모든 위치를 보고, 거기 있는 것을 가져옵니다. 여러분은 이것을 작성하고, 학습된 셀프 어텐션이 어디를 보는지
# 살펴보고, 이 강의에 나온 여러 어텐션의 비용을 직접 세어 봅니다. 비용이 어디서 폭발적으로 늘어나는지는 마지막 그림이
# 보여 줍니다.
#
# 연습 문제 2개, 10점, 약 <!-- minutes -->분 분량입니다.

# %% [markdown] lang="en"
# **After this lesson** you can write self-attention by hand, tell it where things are, and count what it costs beside
# other blocks. **You need** lessons 3 and 4; the cost table also uses 6 and 7.

# %% [markdown] lang="ko"
# **이 레슨을 마치면** 셀프 어텐션을 손으로 작성하고, 위치를 알려 주고, 그 비용을 다른 블록과 견주어 셀 수
# 있습니다. **먼저** 레슨 3과 4를 마쳐야 하고, 비용 표에는 레슨 6과 7도 나옵니다.

# %%
from autograder import check, hint, progress, start, your_turn

start("10-self-attention")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% [markdown] lang="en"
# ## Where attention comes from
#
# The next figure has a few papers at the dates of their preprints, in a row for what each network looks at. *Predict: did
# networks attend to words first, or to pictures?*

# %% [markdown] lang="ko"
# ## 어텐션은 어디서 왔을까
#
# 다음 그림에는 논문 몇 편이 공개된 날짜에 따라, 신경망이 무엇을 보는지에 따라 놓여 있습니다. **예상해 보세요. 신경망이 먼저
# 주목한 것은 단어일까요, 그림일까요?**

# %% experiment
from coursekit.plots import attention_history

attention_history("Until 2017 these networks attended step by step, since then to everything at once")
# ko: attention_history("이 신경망들은 2017년 전에는 한 단계씩, 그 뒤로는 모든 것을 한꺼번에 봅니다")

# %% [markdown] lang="en"
# The first network looked at a picture through a small window that it moved, one glimpse after another ([Mnih et
# al.](https://arxiv.org/abs/1406.6247)): hard attention, as in lesson 4. Captions of pictures and of video ([Yao et
# al.](https://arxiv.org/abs/1502.08029)) and questions about pictures ([Yang et al.](https://arxiv.org/abs/1511.02274))
# have steps by nature, and at each step a network can ask where to look. A picture alone has none, and in 2017 the
# steps were given up twice: gates weigh all of a single picture's map at once (lessons 3 and 9), and in the Transformer
# all words of a sentence look at each other, as patches of a picture do in [ViT](https://arxiv.org/abs/2010.11929).
#
# A [summary of BAM and CBAM](https://norman3.github.io/papers/docs/bam_and_cbam) (in Korean) supposes that
# self-attention opened single pictures to attention. By these dates gates did so at the same time: the Residual
# Attention Network came two months before the Transformer. This lesson goes the Transformer's way.

# %% [markdown] lang="ko"
# 맨 처음의 신경망은 작은 창을 옮겨 가며 그림을 한 번에 한 곳씩 보았습니다([Mnih 등](https://arxiv.org/abs/1406.6247)). 레슨 4에서 말한
# 하드 어텐션(hard attention)입니다. 그림이나 동영상의 설명을 쓰는 일([Yao 등](https://arxiv.org/abs/1502.08029)), 그림에 관한 질문에 답하는
# 일([Yang 등](https://arxiv.org/abs/1511.02274))에는 본래 단계가 있어서, 단계마다 어디를 볼지 물을 수 있습니다. 반면 그림 한 장에는
# 그런 단계가 없습니다. 2017년에는 두 방법이 단계를 없앴습니다. 게이트는 그림 한 장의 맵 전체에 한꺼번에 가중치를 주고(레슨 3과 9),
# 트랜스포머(Transformer)에서는 문장의 모든 단어가 서로를 봅니다. [ViT](https://arxiv.org/abs/2010.11929)에서는 그림의
# 패치(patch)들이 그렇게 합니다.
#
# [BAM과 CBAM을 소개한 한국어 글](https://norman3.github.io/papers/docs/bam_and_cbam)은 셀프 어텐션이 나온 뒤에 그림 한 장에도
# 어텐션을 쓰게 되었다고 봅니다. 그러나 날짜를 보면 게이트도 같은 때에 나왔고, 잔차 어텐션 신경망(Residual Attention Network)은
# 트랜스포머보다 두 달 앞섭니다. 이 레슨은 트랜스포머의 길을 따라갑니다.

# %% [markdown] lang="en"
# ## Everyone looks at everyone
#
# The idea is older than its name. Translators of 2014 let each word of the new sentence take a weighted mean over the words of
# the old one ([Bahdanau et al.](https://arxiv.org/abs/1409.0473)). In 2015 a network that wrote captions looked at the
# 14 × 14 positions of a feature map in the same way, one mean for each word
# ([Xu et al.](https://arxiv.org/abs/1502.03044)). In 2017 the Transformer ([Vaswani et al.](https://arxiv.org/abs/1706.03762))
# let the words of *one* sentence look at each other: attention from a sequence to itself. Non-local networks
# ([Wang et al., 2018](https://arxiv.org/abs/1711.07971)) brought that back to feature maps.
#
# Each position asks a question, its **query**; each position offers a **key** and a **value**. How well a query fits a key
# decides how much of that value is taken:
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
# - **Softmax over the keys**, the last axis: what a position takes sums to 1. Gates of a sigmoid do not compete; these weights
#   do.
# - **√d**: the sum of d products grows like √d. Without the division, softmax would nearly pick a single position, and hardly learn any more.
# - **Heads**: several questions at once, each with a softmax of its own.
#
# `layers.MultiHeadAttention` does all of this but "+ x". Write it once by hand; the check accepts both.

# %% [markdown] lang="ko"
# ## 모든 위치가 모든 위치를 보기
#
# 아이디어는 이름보다 오래되었습니다. 2014년의 번역 신경망은 새 문장의 단어마다 원래 문장의 단어들에 대한 가중 평균을
# 구했습니다([Bahdanau 등](https://arxiv.org/abs/1409.0473)). 2015년에는 이미지의 설명을 쓰는 신경망이 단어마다 특징 맵의 14
# × 14 위치를 같은 방법으로 보았습니다([Xu 등](https://arxiv.org/abs/1502.03044)). 2017년의
# 트랜스포머([Vaswani 등](https://arxiv.org/abs/1706.03762))에서는 **한** 문장의 단어들이 서로를 봅니다. 시퀀스(sequence)가
# 자기 자신을 보는 어텐션입니다. 비국소(non-local) 신경망([Wang 등, 2018](https://arxiv.org/abs/1711.07971))이 이를 다시
# 특징 맵에 적용했습니다.
#
# 위치마다 질문에 해당하는 **쿼리**(query)를 내고, **키**(key)와 **밸류**(value)를 내놓습니다. 쿼리와 키가 얼마나 잘
# 맞는지에 따라 그 밸류를 얼마나 가져올지 정합니다.
#
# $$ A_{ij} = \underset{j}{\mathrm{softmax}} \Big( \frac{q_i \cdot k_j}{\sqrt{d}} \Big) \qquad\qquad
# y_i = x_i + W_o \sum_j A_{ij}\, v_j + b_o $$
#
# | 단계 | 형태 |
# |---|---|
# | 특징 맵 $x$ | (batch, H, W, C) |
# | 쿼리, 키, 밸류: 길이 $d$인 헤드(head) $h$개 | 각각 (batch, HW, h, d) |
# | 점수(score), 소프트맥스(softmax) 뒤의 가중치 $A$ | (batch, h, HW, HW) |
# | 가중치로 섞은 밸류 | (batch, H, W, h·d) |
# | Dense 층, 그리고 $x$를 더함 | (batch, H, W, C) |
#
# - **키 축, 곧 마지막 축에 소프트맥스**: 한 위치가 가져오는 비율의 합이 1입니다. 시그모이드(sigmoid)를 쓰는 게이트는 서로
#   경쟁하지 않지만 이 가중치는 경쟁합니다.
# - **√d**: 곱 d개의 합은 √d에 비례해 커집니다. 나누지 않으면 소프트맥스가 거의 한 위치만 선택하게 되어 학습이 잘 되지 않습니다.
# - **헤드**: 질문 여러 개를 한꺼번에 하며, 소프트맥스도 헤드마다 따로 적용합니다.
#
# `layers.MultiHeadAttention`이 "+ x"만 빼고 모두 해 줍니다. 한 번은 손으로 작성해 보세요. 어느 쪽으로 작성해도 맞는
# 답입니다.

# %% solution="self_attention"
def self_attention(x, heads, key_dim):
    """Every position takes from every position, by how well its query fits their keys.

    Args:
        x: feature map, (batch, height, width, channels).
        heads: number of heads.
        key_dim: length of a query, a key, a value.

    Returns:
        Feature map of the same shape. All four dense layers have a bias.

    ko: 위치마다, 자신의 쿼리가 다른 위치의 키와 맞는 만큼 모든 위치의 밸류를 가져옵니다.

    인수:
        x: 특징 맵, (batch, height, width, channels).
        heads: 헤드 수.
        key_dim: 쿼리, 키, 밸류 하나의 길이.

    반환값:
        형태가 같은 특징 맵. Dense 층 네 개에는 모두 편향이 있습니다.
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
# ## Shuffle the positions
#
# Shuffle the positions of a map, attend, shuffle back. *Predict: is the result the same as without shuffling? For
# self-attention, and for a 3×3 convolution?*

# %% [markdown] lang="ko"
# ## 위치 뒤섞기
#
# 맵의 위치를 뒤섞고, 층을 적용하고, 다시 원래대로 되돌립니다. **예상해 보세요. 뒤섞지 않았을 때와 결과가 같을까요? 셀프 어텐션일 때와 3×3
# 합성곱일 때를 각각 생각해 보세요.**

# %% experiment
from autograder import predict

predict("shuffled_positions")

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

# %% [markdown] lang="en" explain="order_unseen"
# Why does self-attention give the same result when the positions were shuffled, while a convolution does not?
#
# ### BEGIN SOLUTION
# How much a position takes from another depends only on what the two hold, wherever they stand; a convolution's weight
# depends on how far apart they are, and in which direction.
# ### END SOLUTION

# %% [markdown] lang="ko" explain="order_unseen"
# 위치를 뒤섞었다가 되돌리면 왜 셀프 어텐션의 결과는 그대로이고 합성곱의 결과는 달라질까요?
#
# ### BEGIN SOLUTION
# 셀프 어텐션에서 한 위치가 다른 위치의 값을 얼마나 가져올지는 두 위치에 담긴 값에만 달려 있지만, 합성곱의 가중치는 두
# 위치의 거리와 방향에 따라 정해지기 때문입니다.
# ### END SOLUTION

# %% [markdown] lang="en"
# For self-attention the difference is rounding; for the convolution it is not. Self-attention sees a *set* of positions, not
# a picture. Between convolutions, as in the network below, the convolutions tell it where things are: they see the map's edge. A network
# without them has to be told. And note the **16,640** parameters: $4C^2 + 4C$, however large the map.
#
# ## Telling it where: positions in two dimensions
#
# The Transformer adds to each word a code for its place: sines and cosines of many wavelengths. A map has two coordinates, so
# half of the channels get the code of the row, the other half that of the column:
#
# $$ p(r, c) = \big[\, u(r),\; u(c) \,\big], \qquad u(t) = \big[ \sin(\omega_k t),\; \cos(\omega_k t) \big]_{k = 1 \dots C/4} $$
#
# The product of two codes only depends on how many rows and columns lie between them, because
# $\sin a \sin b + \cos a \cos b = \cos(a - b)$. A query that holds the code of its own place can so prefer what is near, or what
# is in its row. *Predict: where is the code of a place most like those of other places?*

# %% [markdown] lang="ko"
# 셀프 어텐션에서는 차이가 반올림 오차뿐이지만 합성곱에서는 그렇지 않습니다. 셀프 어텐션이 보는 것은 그림이 아니라
# 위치들의 **집합**입니다. 아래의 신경망처럼 합성곱 사이에 두면 합성곱이 위치를 알려 줍니다. 합성곱은 맵의 가장자리를 보기
# 때문입니다. 합성곱이 없는 신경망에는 위치를 따로 알려 주어야 합니다. 파라미터가 **16,640개**, 곧 $4C^2 + 4C$라는 점도
# 눈여겨보세요. 맵이 아무리 커도 같습니다.
#
# ## 위치 알려 주기: 2차원 위치 인코딩(positional encoding)
#
# 트랜스포머는 단어마다 그 위치를 나타내는 인코딩을 더합니다. 파장이 서로 다른 사인과 코사인입니다. 맵에는 좌표가 두
# 개이므로 채널의 절반에는 행의 인코딩을, 나머지 절반에는 열의 인코딩을 더합니다.
#
# $$ p(r, c) = \big[\, u(r),\; u(c) \,\big], \qquad u(t) = \big[ \sin(\omega_k t),\; \cos(\omega_k t) \big]_{k = 1 \dots C/4} $$
#
# 두 인코딩의 곱은 행과 열이 얼마나 떨어져 있는지에만 달려 있습니다. $\sin a \sin b + \cos a \cos b = \cos(a - b)$이기
# 때문입니다. 그래서 자기 위치의 인코딩이 들어 있는 쿼리는 가까운 곳이나 같은 행에 있는 것을 더 많이 볼 수 있습니다. **예상해
# 보세요. 한 위치의 인코딩은 어느 위치의 인코딩과 가장 비슷할까요?**

# %%
def position_codes(side, channels):
    """Sines and cosines of the row in half of the channels, of the column in the others, (side, side, channels).

    ko: 채널의 절반에는 행의, 나머지에는 열의 사인과 코사인, (side, side, channels)
    """
    angles = np.outer(np.arange(side), 100.0 ** -np.linspace(0, 1, channels // 4))
    waves = np.concatenate([np.sin(angles), np.cos(angles)], axis=-1)
    rows, columns = np.broadcast_arrays(waves[:, np.newaxis], waves[np.newaxis])
    return np.concatenate([rows, columns], axis=-1).astype("float32")

# %% experiment
from coursekit.plots import image_row

codes = position_codes(14, 64)
places = [(2, 3), (7, 7), (13, 0)]
pictures = [codes @ codes[place] for place in places]
pictures = [(picture - picture.min()) / np.ptp(picture) for picture in pictures]
titles = [f"row {row}, column {column}" for row, column in places]
# ko: titles = [f"{row}행 {column}열" for row, column in places]
image_row(pictures, titles, "A code is most like that of its own place, then of its row and its column")
# ko: image_row(pictures, titles, "인코딩은 자기 위치와 가장 비슷하고, 그다음은 같은 행과 같은 열입니다")

# %% experiment
model = keras.Model(x, self_attention(x + position_codes(7, 64), 4, 16))
straight = np.array(model(maps))
around = shuffled(np.array(model(shuffled(maps, order))), np.argsort(order))
print(f"with position codes: largest difference {np.abs(straight - around).max():.6f}")
# ko: print(f"위치 인코딩이 있을 때: 가장 큰 차이 {np.abs(straight - around).max():.6f}")
for name, count in {"sines": 0, "a learned code for each place": 14 * 14 * 64, "learned, by distance": (27 + 27) * 16}.items():
# ko: for name, count in {"사인": 0, "위치마다 학습한 인코딩": 14 * 14 * 64, "거리마다 학습한 인코딩": (27 + 27) * 16}.items():
    print(f"14 × 14 positions, 64 channels, 4 heads: {count:6,} parameters: {name}")
    # ko: print(f"14 × 14 위치, 채널 64개, 헤드 4개: 파라미터 {count:6,}개: {name}")

# %% [markdown] lang="en"
# White is most alike. Now shuffling makes a difference: the layer knows where things are. There are other ways to tell it.
# The Vision Transformer ([Dosovitskiy et al., 2021](https://arxiv.org/abs/2010.11929)) *learns* a code for each position: simple, but
# bound to one size of map. BoTNet ([Srinivas et al., 2021](https://arxiv.org/abs/2101.11605)) learns codes for *distances* and adds
# them to the scores, $q_i \cdot k_j + q_i \cdot r_{j - i}$: $2H - 1$ for rows and $2W - 1$ for columns, shared by the heads. In a
# relative code the same pattern is the same wherever it stands, as in a convolution.
#
# ## Where does it look?
#
# A small classifier: one convolution with stride 2, your self-attention on 14 × 14 positions, averages, a dense layer. After
# training we ask the layer itself: blank one position at a time, and see how much the output *at one place* changes. That
# works however you wrote it.
#
# *Predict: we stand on the left edge of each garment (white cross), then in the empty corner. Will the two maps differ?*

# %% [markdown] lang="ko"
# 흰 곳일수록 비슷합니다. 이제는 뒤섞으면 결과가 달라집니다. 층이 위치를 알기 때문입니다. 위치를 알려 주는 방법은 더
# 있습니다. 비전 트랜스포머(Vision Transformer, [Dosovitskiy 등, 2021](https://arxiv.org/abs/2010.11929))는 위치마다 인코딩을
# **학습**합니다. 간단하지만 정해진 크기의 맵에만 쓸 수 있습니다. BoTNet([Srinivas 등, 2021](https://arxiv.org/abs/2101.11605))은
# **거리**마다 인코딩을 학습해 점수에 더합니다. $q_i \cdot k_j + q_i \cdot r_{j - i}$이며, 행에 $2H - 1$개, 열에 $2W - 1$개를
# 두고 헤드끼리 함께 씁니다. 거리에 따른 인코딩을 쓰면 합성곱에서처럼 같은 무늬를 어디에 있든 똑같이 다룹니다.
#
# ## 어디를 볼까
#
# 스트라이드(stride)가 2인 합성곱 하나, 14 × 14개 위치에 적용하는 여러분의 셀프 어텐션, 평균, Dense 층으로 작은 분류기를
# 만듭니다. 학습이 끝나면 층에 직접 물어봅니다. 위치를 하나씩 지워 보고, **한 위치**의 출력이 얼마나 달라지는지 보는
# 것입니다. 층을 어떻게 작성했든 쓸 수 있는 방법입니다.
#
# **예상해 보세요. 먼저 옷의 왼쪽 테두리(흰 십자)에, 다음에는 빈 모서리에 서 봅니다. 두 맵은 서로 다를까요?**

# %% experiment
from coursekit.data import CLASS_NAMES, load_fashion_mnist
from coursekit.experiments import Budget

(train_images, train_labels), (test_images, test_labels) = load_fashion_mnist()
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

    ko: 다른 위치를 하나씩 지웠을 때 한 위치의 출력이 달라지는 정도, (14, 14), 최댓값 1
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
# its shoulders, from the front of a boot to the rim of its shaft. But compare the second row with the third: to a good part they look
# at the *same* things, wherever they stand. The number above the figure says how alike they are (1 would be the same map).
#
# Cao et al. (2019) found that in large networks too, and replaced all maps by a single one, shared by all positions. That needs
# no scores for pairs.

# %% [markdown] lang="ko"
# 흰 곳은 지웠을 때 출력이 많이 달라지는 위치입니다. 멀리까지 보고 있습니다. 바지의 한쪽 다리에서 다른 쪽 다리를,
# 풀오버의 테두리에서 어깨를, 앵클부츠의 앞쪽에서 발목의 위쪽 테두리를 봅니다. 그런데 두 번째 줄과 세 번째 줄을 비교해 보세요.
# 어디에 서 있든 상당 부분 **같은** 것을 봅니다. 그림 위의 숫자가 얼마나 비슷한지 알려 줍니다(1이면 똑같은 맵입니다).
#
# Cao 등(2019)은 큰 신경망에서도 같은 현상을 보고, 모든 위치가 함께 쓰는 맵 하나로 바꾸었습니다. 그러면 위치 쌍마다 점수를 구할 필요가
# 없습니다.

# %% [markdown] lang="en"
# ## Stand where you like
#
# In the demo you choose who looks. At work is your own `self_attention` in the small network of lesson 9,
# in the mask's place, with trained weights, on a map of 7 × 7. Beside it stand a residual unit with one 3×3 convolution and a soft mask, asked in the
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
# 데모에서는 어느 위치에서 볼지 여러분이 고릅니다. 레슨 9의 작은 신경망에서 마스크(mask) 자리에 여러분의 `self_attention`과 학습된
# 가중치를 넣었고, 맵의 크기는 7 × 7입니다. 3×3 합성곱이 하나인 잔차 유닛과 소프트 마스크에도 같은 방법으로 물어 나란히
# 보여 줍니다. 먼저 바지의 한쪽 다리에 서 보고, 빈 모서리로 가 보세요. 그다음 헤드를 하나씩 골라 보세요. **예상해
# 보세요. 셀프 어텐션이 보는 것 가운데 이웃한 여덟 위치 바깥에 있는 비율은 얼마일까요? 소프트 마스크보다 클까요?**
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![왼쪽 다리에 십자가 있는 바지, 그리고 그 위치의 출력이 어디에 달려 있는지 나타낸 맵 세 개입니다. 3×3 합성곱은 이웃한
# 여덟 위치뿐이고, 소프트 마스크는 조금 더 먼 위치 몇 곳까지이며, 셀프 어텐션은 맵 곳곳입니다. 아래의 선은
# 거리마다 비율이 얼마인지 보여 줍니다.](receptive_fields.png)
#
# </details>

# %% experiment
from coursekit import live

live.receptive_fields(self_attention)

# %% [markdown] lang="en"
# For self-attention the distance hardly counts: what lies far away has about the share that an even look would give it. That
# does not mean that it looks evenly; single heads pick a few places. The soft mask sees more of what is near, on average over garments
# and places; on the trouser leg where you began, the two are level. And remember what a position of this map is: convolutions before it have already mixed it with its neighbours.

# %% [markdown] lang="ko"
# 셀프 어텐션에서는 거리가 거의 상관없습니다. 먼 곳의 비율이 모든 곳을 균일하게 볼 때와 비슷합니다. 그렇다고 균일하게
# 본다는 뜻은 아닙니다. 헤드 하나하나는 몇 곳만 골라 봅니다. 반면 소프트 마스크는, 여러 옷과 위치에서 평균을 내면 가까운 곳을
# 더 많이 봅니다. 처음에 서 본 바지의 다리에서는 둘이 비슷합니다. 그리고 이 맵의 한 위치에는 앞의 합성곱들이 이웃을 이미 섞어 놓았다는 점도 기억하세요.

# %% [markdown] lang="en"
# ## Does it help?
#
# Lesson 9 has compared two modules without a mask, with $M \cdot T$ and with $(1 + M) \cdot T$ in a small network. The course has
# trained the same network with self-attention in the mask's place, too: 10,000 images, five epochs, five seeds each. *Predict:
# does it matter in which of the two ways a position hears from afar?*

# %% [markdown] lang="ko"
# ## 도움이 될까
#
# 레슨 9에서는 작은 신경망에 모듈 두 개를 두고 마스크가 없는 것, $M \cdot T$, $(1 + M) \cdot T$를 비교했습니다. 강의에는 같은
# 신경망의 마스크 자리에 셀프 어텐션을 넣고 학습한 결과도 들어 있습니다. 이미지 10,000장, 5에포크(epoch), 시드(seed)
# 다섯 개씩입니다. **예상해 보세요. 먼 곳의 정보를 두 방법 가운데 어느 쪽으로 얻는지에 따라 결과가 다를까요?**

# %% experiment
from coursekit.experiments import means_and_seeds, report
from coursekit.plots import comparison

accuracies = report("masks", "no mask", 100, ("no mask", "(1 + M) · T", "self-attention"))
# ko: =
title = "The means differ by {:.1f} points, the seeds of one network by up to {:.1f}".format(*means_and_seeds(accuracies))
# ko: title = "신경망의 평균끼리는 {:.1f}%p, 한 신경망의 시드끼리는 최대 {:.1f}%p 차이가 납니다".format(*means_and_seeds(accuracies))
comparison(accuracies, title, "accuracy on the test images (%)")
# ko: comparison(accuracies, title, "테스트 이미지의 정확도(%)")

# %% [markdown] lang="en"
# A dot is a seed, the bar the 95 % interval of the mean. Both the soft mask and self-attention are ahead of the network without
# either. Which of the two is better, these seeds do not settle. And both networks have at least two thirds more parameters:
# one of their size that sees only what is near was not trained, so the gain need not come from looking far.

# %% [markdown] lang="ko"
# 점 하나가 시드 하나이고 막대는 평균의 95% 신뢰 구간입니다. 소프트 마스크와 셀프 어텐션은 둘 다 없는 신경망보다
# 앞섭니다. 다만 둘 가운데 어느 쪽이 나은지는 이 시드들로 알 수 없습니다. 그리고 두 신경망 모두 파라미터가 3분의 2 넘게
# 더 많습니다. 크기는 같고 가까운 곳만 보는 신경망은 학습해 보지 않았으므로, 앞선 것이 꼭 멀리 본 덕분이라고 할 수는 없습니다.

# %% [markdown] lang="en"
# ## Bonus: mend this
#
# Lesson 8 had attention heads, too. Here is one of its layers with two faults from published code. Shape and parameters are
# right, and nothing is negative. *Over what do the values of a mask sum to 1? And which scores belong to one head? Mend both,
# without looking at your own.* `mend` tries the layer as the check of `attention_head` would, and says which aspects are
# right, but not what is wrong. It gives no points.
#
# <details><summary>Where the faults are from</summary>
#
# In [PyTorch-NLP](https://github.com/PetrochukM/PyTorch-NLP/issues/2) the softmax ran over the axis of the batch: alone, an
# input got a weight of 1 everywhere. A [transformer made to teach](https://github.com/jsbaan/transformer-from-scratch/pull/6)
# lacked a transposition before a reshape, which put pieces of several positions into one. It learned all the same, for its
# task was an easy one.
# </details>

# %% [markdown] lang="ko"
# ## 보너스: 고쳐 보기
#
# 레슨 8에도 어텐션 헤드가 있었습니다. 다음은 그 층인데 고장 난 곳이 두 군데 있고, 둘 다 공개된 코드에 있던 것입니다. 형태와 파라미터
# 수는 맞고 음수도 나오지 않습니다. **마스크의 값은 무엇에 걸쳐 더해야 1이 될까요? 한 헤드의 점수는 어느 것일까요? 여러분의 답을
# 보지 말고 고쳐 보세요.** `mend`는 `attention_head`를 확인할 때처럼 층을 시험해 어떤 측면이 맞는지만 알려 주고, 무엇이 틀렸는지는
# 알려 주지 않습니다. 점수는 없습니다.
#
# <details><summary>어디에 있던 실수인가</summary>
#
# [PyTorch-NLP](https://github.com/PetrochukM/PyTorch-NLP/issues/2)에서는 소프트맥스를 배치 축에 적용해서, 입력이 하나뿐이면 가중치가
# 모두 1이 되었습니다. [교육용 트랜스포머](https://github.com/jsbaan/transformer-from-scratch/pull/6)에는 형태를 바꾸기 전에 해야
# 할 전치(transpose)가 빠져서, 여러 위치의 조각이 한 위치로 들어갔습니다. 그래도 과제가 쉬워서 학습은 되었습니다.
# </details>

# %% experiment
from autograder import mend

def repaired(z, heads):
    """The masks of the heads, each of which sums to 1 over the positions.

    ko: 헤드마다 하나씩인 마스크. 저마다 모든 위치에 걸친 합이 1입니다.
    """
    height, width = z.shape[1:3]
    scores = layers.Conv2D(heads, 3, padding="same", use_bias=False)(z)
    scores = layers.Reshape((heads, height * width))(scores)
    masks = ops.softmax(scores, axis=0)
    return layers.Reshape((height, width, heads))(masks)

mend(repaired, "attention_head")

# %% [markdown] lang="en"
# ## What it costs
#
# A **multiply-add** is one multiplication and one addition. Two rules give nearly everything:
#
# - A weight of a dense layer behind a global pooling is used **once** an image; a weight of a convolution **once a position**.
# - A product of two feature maps has no weights at all and still costs: each number of the result is a sum of products, and
#   each of these is a multiply-add.
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
# - 특징 맵끼리의 곱에는 가중치가 없지만 비용은 듭니다. 결과의 수 하나하나가 곱을 여러 번 더한 것이고, 곱 하나하나가 곱셈-누산
#   한 번입니다.
#
# | 블록 | 세어야 할 층. 유닛 수 $m$ = max(1, C // ratio) |
# |---|---|
# | `"se"` | 풀링한 벡터에 Dense C → m, Dense m → C |
# | `"spatial"` | 7×7 합성곱 C → 1 (레슨 4) |
# | `"cbam"` | Dense 두 개를 한 벌만 두고 두 번 계산, 7×7 합성곱 2 → 1 편향(bias) 없음 (레슨 6) |
# | `"bam"` | 풀링한 벡터에 Dense C → m과 배치 정규화(batch normalization), Dense m → C. 합성곱 1×1 C → m, 3×3 m → m, 3×3 m → m, 각각 배치 정규화. 1×1 m → 1 (레슨 7) |
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
from coursekit.models.catalogue import on_a_map
from coursekit.models.cost import cost as count

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
    counted, (parameters, multiply_adds) = count(on_a_map(block, (14, 14, 64))), cost(name, 14, 14, 64)
    print(f"{name:16}{parameters:12,}{counted.trainable:12,}{multiply_adds:16,}{counted.multiply_adds:12,}")

# %% [markdown] lang="en"
# ## Two ways around the square
#
# **Windows** (Swin, [Liu et al., 2021](https://arxiv.org/abs/2103.14030)) change the function: the map is cut into windows of
# $M \times M$ positions, and a position only looks at its own window. Every second block shifts the windows by half, so that
# what is known spreads. The cost becomes $4\,HW C^2 + 2 M^2\, HW C$, linear in the number of positions.
#
# **FlashAttention** ([Dao et al., 2022](https://arxiv.org/abs/2205.14135)) leaves the function as it is. It takes
# the keys a tile at a time and keeps, for each query, the largest score so far, the sum of the exponentials and the mixture. When a
# larger score turns up, the other two are scaled down. *Predict: what does it save, multiply-adds or memory?* Read the loop; the cell
# compares it with the softmax over all keys at once.

# %% [markdown] lang="ko"
# ## 제곱을 피하는 두 가지 방법
#
# **윈도우**(Swin, [Liu 등, 2021](https://arxiv.org/abs/2103.14030))는 함수를 바꿉니다. 맵을 $M \times M$ 위치의 윈도우로 나누고,
# 한 위치는 자기 윈도우만 봅니다. 블록 두 개마다 한 번은 윈도우를 절반만큼 밀어서 정보가 퍼지게 합니다. 비용은 $4\,HW C^2 + 2 M^2\,
# HW C$로, 위치의 수에 비례합니다.
#
# **FlashAttention**([Dao 등, 2022](https://arxiv.org/abs/2205.14135))은 함수를 그대로 둡니다. 키를 한
# 묶음씩 가져오면서 쿼리마다 지금까지 가장 큰 점수, 지수의 합, 섞은 밸류만 남깁니다. 더 큰 점수가 나오면 뒤의 둘을 그만큼 줄입니다.
# **예상해 보세요. 줄어드는 것은 곱셈-누산일까요, 메모리일까요?** 아래의 반복문을 읽어 보세요. 셀은 그 결과를 모든 키에 한꺼번에
# 소프트맥스를 적용한 것과 비교합니다.

# %% experiment
def in_tiles(query, key, value, tile):
    """Attention of one head without its whole matrix of scores: a tile of keys at a time, (positions, d).

    ko: 점수 행렬 전체를 만들지 않는 헤드 하나의 어텐션: 키를 한 묶음씩, (positions, d)
    """
    largest = np.full((len(query), 1), -np.inf)
    total, mixed = 0.0, 0.0
    for first in range(0, len(key), tile):
        scores = query @ key[first : first + tile].T / query.shape[-1] ** 0.5
        higher = np.maximum(largest, scores.max(axis=-1, keepdims=True))
        weights, shrink = np.exp(scores - higher), np.exp(largest - higher)
        total = total * shrink + weights.sum(axis=-1, keepdims=True)
        mixed = mixed * shrink + weights @ value[first : first + tile]
        largest = higher
    return mixed / total

query, key, value = generator.standard_normal((3, 28 * 28, 16))
at_once = np.array(ops.softmax(query @ key.T / 4.0, axis=-1)) @ value
print(f"largest difference {np.abs(in_tiles(query, key, value, tile=49) - at_once).max():.1e}")
# ko: print(f"가장 큰 차이 {np.abs(in_tiles(query, key, value, tile=49) - at_once).max():.1e}")
for side in (7, 14, 28, 56):
    stored, kept = (128 * 4 * 4 * side**2 * numbers / 1e9 for numbers in (side**2, 2))
    print(f"{side:3} × {side}, 4 heads, 128 images: all of A {stored:7.3f} GB, kept in its place {kept:.4f} GB")
    # ko: print(f"{side:3} × {side}, 헤드 4개, 이미지 128장: A 전체 {stored:7.3f}GB, 대신 남기는 것 {kept:.4f}GB")

# %% [markdown] lang="en"
# The same numbers, up to rounding: FlashAttention is no approximation. It saves *memory*, (HW)² becomes HW (two numbers for each
# query), and the traffic to and from it, which is where the time goes. Its multiply-adds are still those of every pair. In Keras it is
# an argument, `flash_attention`, which Keras 3.15 refuses on TensorFlow.

# %% [markdown] lang="ko"
# 반올림 오차를 빼면 같은 값입니다. FlashAttention은 근사가 아닙니다. 줄어드는 것은 **메모리**입니다. (HW)²이 HW(쿼리마다 수 두
# 개)로 줄고, 시간이 많이 걸리는 메모리 전송도 함께 줄어듭니다. 곱셈-누산은 여전히 모든 위치 쌍만큼입니다. Keras에서는
# `flash_attention`이라는 인수로 켜는데, Keras 3.15는 TensorFlow에서 이 인수를 받지 않습니다.

# %% [markdown] lang="en"
# Now let the map grow. *Predict: the side doubles. By what factor does the price of spatial attention grow, and that of
# self-attention?* Both axes of the figure are logarithmic; the line without dots is one 3×3 convolution from 64 to 64 channels.

# %% [markdown] lang="ko"
# 이제 맵을 키워 봅시다. **예상해 보세요. 한 변이 두 배가 되면 공간 어텐션의 비용은 몇 배가 될까요? 셀프 어텐션은 어떨까요?** 그림의 두 축은
# 모두 로그 눈금이고, 점이 없는 선은 64채널에서 64채널로 가는 3×3 합성곱 하나입니다.

# %% experiment
predict("side_doubled")

# %% experiment
from itertools import cycle

from coursekit.plots.style import LINE_STYLES, PALETTE, sheet

sides = np.array([7, 14, 28, 56, 112])
growth = {name: [cost(name, int(side), int(side), 64)[1] for side in sides] for name in blocks}
growth["in 7 × 7 windows"] = [(int(side) // 7) ** 2 * cost("self_attention", 7, 7, 64)[1] for side in sides]
# ko: growth["7 × 7 윈도우"] = [(int(side) // 7) ** 2 * cost("self_attention", 7, 7, 64)[1] for side in sides]
factors = {name: values[-1] / values[-2] for name, values in growth.items()}
title = "Doubling the side costs spatial attention {spatial:.0f} times as much, self-attention {self_attention:.1f} times"
# ko: title = "한 변이 두 배가 되면 공간 어텐션의 비용은 {spatial:.0f}배, 셀프 어텐션의 비용은 {self_attention:.1f}배가 됩니다"
names = {"se": "SE", "spatial": "spatial attention", "cbam": "CBAM", "bam": "BAM", "self_attention": "self-attention"}
# ko: names = {"se": "SE", "spatial": "공간 어텐션", "cbam": "CBAM", "bam": "BAM", "self_attention": "셀프 어텐션"}
with sheet(title.format(**factors), 4.4) as figure:
    ax = figure.subplots()
    ax.plot(sides, 9 * 64 * 64 * sides**2, color="#B0B0B0", linewidth=5, label="one 3×3 convolution")
    # ko: ax.plot(sides, 9 * 64 * 64 * sides**2, color="#B0B0B0", linewidth=5, label="3×3 합성곱 하나")
    for (name, values), colour, style in zip(growth.items(), (*PALETTE, PALETTE[-1]), cycle(LINE_STYLES)):
        ax.plot(sides, values, linestyle=style, color=colour, marker="o", label=names.get(name, name))
    ax.set(xscale="log", yscale="log")
    ax.set(xlabel="side of the map (positions)", ylabel="multiply-adds of one block, 64 channels")
    # ko: ax.set(xlabel="맵의 한 변(위치 수)", ylabel="블록 하나의 곱셈-누산, 채널 64개")
    ax.set_xticks(sides, sides)
    ax.minorticks_off()
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
display(figure)

# %% [markdown] lang="en"
# Squeeze-and-excitation is flat: it does not care how large the map is. Convolutions grow with the number of positions, four
# times for a doubled side, and so does self-attention in windows, which begins at the same point. Self-attention's pairs grow with
# the **square**, up to sixteen times. At 7 × 7 it takes less than a convolution; from 14 × 14 on it takes more. That is why networks use it
# in their last stages, on patches, or in windows.

# %% [markdown] lang="ko"
# SE의 선은 맵의 크기와 상관이 없어서 평평합니다. 합성곱의 비용은 위치의 수에 비례하므로 한 변이 두 배면 네 배가 됩니다.
# 윈도우 안에서만 보는 셀프 어텐션도 같은 점에서 시작해 그만큼 늘어납니다. 그런데 셀프 어텐션의 위치 쌍은 위치 수의
# **제곱**에 비례해 열여섯 배까지 늘어납니다. 7 × 7에서는 합성곱보다 비용이 적지만 14 × 14부터는 더 많습니다. 그래서 셀프
# 어텐션은 마지막 스테이지(stage)에 넣거나, 패치(patch)나 윈도우 단위로 씁니다.

# %% [markdown] lang="en"
# ## The answer
#
# **Yes, a position can look at any other.** Self-attention does it in one layer: each position fetches from all, by how well its
# query fits their keys. The two legs of the trousers see each other, and what is seen from different places was much alike
# here. It pays for every pair: (HW)² scores, sixteen times as many when the side doubles. Tiles save the memory and not the
# work; windows save the work and no longer see everything.
#
# **What this does not show.** One small network, few images, a short training that ends below what logistic regression on pixels
# reaches with as many images. Fashion-MNIST has one garment in the middle of an empty picture: there is little to look for at
# the other end. And time does not follow multiply-adds alone: on accelerators memory counts, and it was not measured here.
#
# ## Quiz
#
# <details><summary>1. The number of parameters of self-attention does not depend on the size of the map. Why does its
# price?</summary>
#
# The four dense layers are shared by all positions. Scores and mixing have no weights: they are products of feature maps with
# each other, one for every pair of positions and every channel: 2 · (HW)² · C multiply-adds.
# </details>
#
# <details><summary>2. A colleague takes the softmax over the queries instead of the keys. Shapes and parameters are right.
# What is different?</summary>
#
# Then what each position *gives* sums to 1, not what it takes. Some positions get nearly nothing, others the sum of many
# values, and the size of the output depends on how popular a position is.
# </details>
#
# <details><summary>3. Squeeze-and-excitation also hears from every position. What can self-attention do that it cannot?</summary>
#
# The gate knows one average of all positions and can only scale what is there. Self-attention keeps the positions apart: each
# takes another mixture, and what it takes is added, so that something new can arrive.
# </details>
#
# ## To read
#
# - Ashish Vaswani et al., *Attention Is All You Need*, 2017, [arXiv:1706.03762](https://arxiv.org/abs/1706.03762).
# - Xiaolong Wang et al., *Non-local Neural Networks*, 2018, [arXiv:1711.07971](https://arxiv.org/abs/1711.07971). The paper has
#   no division by √d; its released code has one.
# - Yue Cao et al., *GCNet: Non-local Networks Meet Squeeze-Excitation Networks and Beyond*, 2019,
#   [arXiv:1904.11492](https://arxiv.org/abs/1904.11492).
#
# `progress()` shows your points. **Shut down this kernel before the next lesson** (Kernel → Shut Down Kernel).

# %% [markdown] lang="ko"
# ## 답
#
# **한 위치는 다른 모든 위치를 볼 수 있습니다.** 셀프 어텐션은 층 하나로 그렇게 합니다. 위치마다 자신의 쿼리가 다른 위치의
# 키와 맞는 만큼 모든 위치에서 가져옵니다. 바지의 두 다리는 서로를 보고, 이 레슨의 실험에서는 어디서 보든 보이는 것이 꽤 비슷했습니다.
# 대신 위치 쌍마다 계산하므로 점수가 (HW)²개이고, 한 변이 두 배가 되면 열여섯 배로 늘어납니다. FlashAttention은 메모리를
# 줄이지만 연산량은 그대로이고, 윈도우는 연산량을 줄이는 대신 더는 모든 곳을 보지 못합니다.
#
# **아직 알 수 없는 것.** 이 결과는 작은 신경망 하나를 적은 이미지로 짧게 학습해 얻은 것이고, 정확도는 같은 수의 이미지로
# 학습한, 픽셀만 보는 로지스틱 회귀보다도 낮습니다. Fashion-MNIST는 빈 그림 한가운데에 옷이 하나 있어서, 반대쪽 끝에서 찾아볼 것이
# 별로 없습니다. 그리고 걸리는 시간은 곱셈-누산만으로 정해지지 않습니다. 가속기에서는 메모리도 중요한데 여기서는 측정하지
# 않았습니다.
#
# ## 퀴즈
#
# <details><summary>1. 셀프 어텐션의 파라미터 수는 맵의 크기와 상관이 없습니다. 그런데 비용은 왜 맵의 크기에 달려 있을까요?</summary>
#
# Dense 층 네 개는 모든 위치가 함께 씁니다. 점수와 섞기에는 가중치가 없습니다. 특징 맵끼리의 곱이어서 모든 위치 쌍과
# 모든 채널마다 계산하므로, 곱셈-누산이 2 · (HW)² · C번 필요합니다.
# </details>
#
# <details><summary>2. 동료가 키가 아니라 쿼리 축에 소프트맥스를 적용했습니다. 형태와 파라미터 수는 맞습니다. 무엇이 달라질까요?</summary>
#
# 한 위치가 가져오는 비율이 아니라 **내주는** 비율의 합이 1이 됩니다. 그래서 어떤 위치는 거의 아무것도 받지 못하고, 어떤
# 위치는 여러 밸류의 합을 받습니다. 출력의 크기는 그 위치가 얼마나 많이 선택되는지에 따라 달라집니다.
# </details>
#
# <details><summary>3. SE 블록도 모든 위치에서 정보를 얻습니다. 그런데 셀프 어텐션만 할 수 있는 것은 무엇일까요?</summary>
#
# SE의 게이트는 모든 위치의 평균 하나만 알고, 이미 있는 값의 크기를 바꿀 뿐입니다. 셀프 어텐션은 위치를 구별합니다. 위치마다
# 서로 다르게 섞은 것을 가져오고, 가져온 것을 더하므로 그 위치에 없던 것이 올 수 있습니다.
# </details>
#
# ## 더 읽을거리
#
# - Ashish Vaswani 외, *Attention Is All You Need*, 2017, [arXiv:1706.03762](https://arxiv.org/abs/1706.03762).
# - Xiaolong Wang 외, *Non-local Neural Networks*, 2018, [arXiv:1711.07971](https://arxiv.org/abs/1711.07971). 논문에는 √d로 나누는
#   것이 없고, 공개된 코드에는 있습니다.
# - Yue Cao 외, *GCNet: Non-local Networks Meet Squeeze-Excitation Networks and Beyond*, 2019,
#   [arXiv:1904.11492](https://arxiv.org/abs/1904.11492).
#
# `progress()`를 실행하면 점수를 볼 수 있습니다. **다음 레슨으로 가기 전에 이 커널을 종료하세요**(Kernel → Shut Down Kernel).
