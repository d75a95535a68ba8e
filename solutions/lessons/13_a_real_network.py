# %% [markdown] lang="en"
# # A real network
#
# So far attention stood in networks that this course has built. Most people meet it elsewhere: they load a network with one line
# of code, trained by somebody else, and its gates are at work whether they know of them or not. Two such networks you have met as
# exercises. Lesson 3 took their squeeze-and-excitation apart, but the networks themselves stayed closed.
#
# **What do gates do in networks that people use, and can a trained network take one more?** You write a function that finds the
# gates of any Keras model, look at what they let through, and put gates of your own into a network that works already, so
# gently that it does not notice. The last figure says whether that was worth it.
#
# One exercise, 5 points, about <!-- minutes --> minutes.

# %% [markdown] lang="ko"
# # 실제로 쓰이는 신경망
#
# 지금까지 어텐션은 이 강의에서 만든 신경망 안에 있었습니다. 그런데 대부분의 사람은 다른 곳에서 어텐션을 만납니다. 누군가 학습해
# 둔 신경망을 코드 한 줄로 불러오면, 알든 모르든 그 안에서 게이트(gate)가 일합니다. 그런 신경망 두 가지는 이미 연습 문제에서
# 만났습니다. 레슨 3에서 그 안의 SE(squeeze-and-excitation) 블록을 뜯어보았지만, 신경망 자체는 열어 보지 않았습니다.
#
# **사람들이 쓰는 신경망에서 게이트는 무엇을 할까요? 학습이 끝난 신경망에 게이트를 하나 더 넣을 수 있을까요?** 이 레슨에서는 어떤
# Keras 모델에서든 게이트를 찾아내는 함수를 작성하고, 게이트가 무엇을 통과시키는지 봅니다. 그리고 이미 잘 작동하는 신경망의 출력이
# 조금도 달라지지 않게 게이트를 넣어 봅니다. 그럴 만한 가치가 있었는지는 마지막 그림이 말해 줍니다.
#
# 연습 문제 1개, 5점, 약 <!-- minutes -->분 분량입니다.

# %% [markdown] lang="en"
# **After this lesson** you can find out what a network that you did not write is made of, read its gates on your own pictures, and
# add a block to a trained network without disturbing it. **You need** lessons 3, 4 and 11.

# %% [markdown] lang="ko"
# **이 레슨을 마치면** 직접 만들지 않은 신경망이 무엇으로 되어 있는지 알아내고, 여러분의 그림에서 그 게이트를 읽고, 학습이 끝난
# 신경망을 망가뜨리지 않고 블록을 더할 수 있습니다. **먼저** 레슨 3, 4, 11을 마쳐야 합니다.

# %%
from autograder import check, hint, progress, start, your_turn

start("13-a-real-network")

import keras
import numpy as np
from keras import layers, ops

# %% [markdown] lang="en"
# ## A network as a table
#
# `model.summary()` of a real network is hundreds of lines long, and it does not say what is multiplied by what. But Keras knows:
# every call keeps what it reads and what it gives. From that one can write the whole network as a table, a line for each call, in
# the order of computing. A line has the class that is called, the names of the calls whose outputs it reads, and its parameters.
#
# The next cell makes this table of MobileNetV3-Large. `weights=None` gives its structure with weights by chance, and needs no
# download. Ten lines are shown, from where something is first averaged over the whole map.

# %% [markdown] lang="ko"
# ## 표로 나타낸 신경망
#
# 실제로 쓰이는 신경망의 `model.summary()`는 수백 줄이고, 무엇에 무엇을 곱하는지는 나오지 않습니다. 하지만 Keras는 알고 있습니다.
# 호출마다 무엇을 읽고 무엇을 내는지 남아 있기 때문입니다. 이것으로 신경망 전체를 표로 적을 수 있습니다. 호출마다 한 줄씩, 계산하는
# 순서로 적습니다. 한 줄에는 호출한 클래스, 그 호출이 읽는 호출들의 이름, 파라미터 수가 있습니다.
#
# 다음 셀은 MobileNetV3-Large의 표를 만듭니다. `weights=None`으로 하면 구조는 그대로이고 가중치는 무작위이며, 내려받을 것이
# 없습니다. 맵 전체의 평균이 처음 나오는 곳부터 열 줄을 보여 줍니다.

# %% experiment
from coursekit.gates import small_networks, table_of

mobilenet = keras.applications.MobileNetV3Large((224, 224, 3), weights=None)
network = table_of(mobilenet)
print(f"{len(network)} calls, {mobilenet.count_params():,} parameters. Ten of the calls:")
# ko: print(f"호출 {len(network)}개, 파라미터 {mobilenet.count_params():,}개. 호출 가운데 열 개:")
lines = list(network.items())
first = next(place for place, (_, call) in enumerate(lines) if call[0].startswith("GlobalAverage"))
for name, call in lines[first : first + 10]:
    print(f"{name}: {call}")
    # ko: =

# %% [markdown] lang="en"
# Here is a gate of lesson 3, as it is in real life: a pooling, two 1×1 convolutions with a ReLU between them, and a product.
# Before the product stand three calls that you did not write: an `Add` that reads one thing, a second ReLU, and a `Multiply` that
# reads one thing. Together they are the hard sigmoid, (x + 3), cut off at 0 and 6, times a sixth.
#
# ## Exercise: count_gates
#
# How would you tell a gate from everything else? Names help only with those who name as Keras does. The class `Multiply` is not
# enough, as you have just seen. What makes a channel gate is where its numbers come *from*:
#
# > A product of two things is a **gate** if one of them comes, over any number of calls, from the global average pooling of the
# > other one. The calls between are its layers.
#
# | in the table | a gate? |
# |---|---|
# | a map times what two layers make of its own pooling, in either order | yes |
# | the same with other classes on the way: `Reshape`, `Activation`, two branches that are added | yes |
# | a `Multiply` that reads one thing: a constant factor | no |
# | a map times its own sigmoid (swish), or times a spatial gate: no pooling on the way | no |
# | a map times what comes from the pooling of *another* map | no |
# | a pooling that leads to the classes, to no product | no |
#
# The check asks about small networks and calls them by their parts. Print the one that a message speaks of, for example
# `small_networks["conv → se → classes"]`.

# %% [markdown] lang="ko"
# 레슨 3의 게이트가 실제로는 이렇게 들어 있습니다. 풀링, 그 사이에 ReLU가 있는 1×1 합성곱 두 개, 그리고 곱셈입니다. 곱셈 앞에는
# 여러분이 작성한 적이 없는 호출이 세 개 있습니다. 하나만 읽는 `Add`, 두 번째 ReLU, 하나만 읽는 `Multiply`입니다. 이 셋이 모여
# 하드 시그모이드(hard sigmoid)가 됩니다. x + 3을 0과 6에서 자르고 6으로 나누는 것입니다.
#
# ## 연습 문제: count_gates
#
# 게이트를 다른 것과 어떻게 구별할 수 있을까요? 이름은 Keras와 똑같이 이름을 붙인 사람의 신경망에서만 도움이 됩니다. 방금 보았듯이
# `Multiply`라는 클래스만으로도 부족합니다. 채널 게이트인지 아닌지는 그 수가 **어디에서 왔는지**로 정해집니다.
#
# > 두 가지를 곱할 때, 하나가 다른 하나의 전역 평균 풀링(global average pooling)에서 몇 번의 호출을 거쳐 온 것이면 그 곱셈은
# > **게이트**입니다. 그 사이에 있는 호출이 게이트의 층입니다.
#
# | 표에 있는 것 | 게이트일까? |
# |---|---|
# | 맵에, 그 맵의 풀링에서 층 두 개를 거친 것을 곱함. 순서는 상관없음 | 예 |
# | 가운데에 다른 클래스가 있음: `Reshape`, `Activation`, 둘로 나뉘었다가 더해지는 층 | 예 |
# | 하나만 읽는 `Multiply`: 상수를 곱함 | 아니요 |
# | 맵에 그 맵의 시그모이드를 곱함(스위시, swish), 또는 공간 게이트를 곱함: 가운데에 풀링이 없음 | 아니요 |
# | 맵에, **다른** 맵의 풀링에서 온 것을 곱함 | 아니요 |
# | 곱셈이 아니라 클래스로 이어지는 풀링 | 아니요 |
#
# 확인에서는 작은 신경망 몇 개에 대해 묻습니다. 신경망의 이름은 그것을 이루는 부분을 적은 것입니다. 메시지에 나온 신경망을 출력해
# 보세요. 예를 들면 `small_networks["conv → se → classes"]`입니다.

# %% solution="count_gates"
def count_gates(network):
    """How many channel gates a network has, and how many parameters all their layers have.

    Args:
        network: the table of its calls in the order of computing, as `table_of` makes it:
            name -> (class, names of the calls it reads, parameters).

    Returns:
        Two integers: (gates, parameters).

    ko: 신경망에 채널 게이트가 몇 개 있고, 그 층들의 파라미터가 모두 몇 개인지 셉니다.

    인수:
        network: `table_of`가 만드는, 계산하는 순서로 놓인 호출의 표.
            이름 -> (클래스, 읽는 호출들의 이름, 파라미터 수).

    반환값:
        정수 두 개: (gates, parameters).
    """
    ### BEGIN SOLUTION
    gates = parameters = 0
    past = {}
    for name, (kind, reads, _) in network.items():
        past[name] = {name} | {earlier for read in reads for earlier in past[read]}
        for scaled, side in (reads, reads[::-1]) if (kind, len(reads)) == ("Multiply", 2) else ():
            between = past[side] - past[scaled]
            if any(network[each][:2] == ("GlobalAveragePooling2D", (scaled,)) for each in between):
                gates += 1
                parameters += sum(network[each][2] for each in between)
    return gates, parameters
    ### END SOLUTION

# %% check="count_gates" points=5
check(count_gates)

# %% [markdown] lang="en"
# ## Counted in the real thing
#
# In lesson 3 you added up the gates of MobileNetV3-Large from a list of widths. Now your function finds them itself. It also tells
# *which* calls they are: `found_gates` gives it the table line by line, and where your count goes up, the line is a gate's product.
#
# *Predict: the gates stand on 72, 120, 120, 480, 672, 672, 960 and 960 channels. Which share of their parameters do the last two
# have?*

# %% [markdown] lang="ko"
# ## 진짜 신경망에서 세기
#
# 레슨 3에서는 채널 수의 목록을 보고 MobileNetV3-Large의 게이트를 더했습니다. 이제는 여러분의 함수가 직접 찾습니다. **어느** 호출이
# 게이트인지도 알 수 있습니다. `found_gates`가 표를 한 줄씩 늘려 가며 여러분의 함수에 넣는데, 개수가 늘어나는 줄이 게이트의 곱셈입니다.
#
# **예상해 보세요. 게이트가 있는 맵의 채널은 72, 120, 120, 480, 672, 672, 960, 960개입니다. 마지막 두 개의 파라미터가 차지하는
# 비율은 얼마일까요?**

# %% experiment
from autograder import predict

predict("last_two_gates")

# %% experiment
from coursekit.gates import found_gates
from coursekit.plots.style import PALETTE, sheet

found = found_gates(mobilenet, count_gates)
for name, parameters in found.items():
    print(f"{name:45}{mobilenet.get_layer(name).output.shape[1:]!s:15}{parameters:9,}")
    # ko: =
share = sum(list(found.values())[-2:]) / sum(found.values())
with sheet(f"{len(found)} gates in MobileNetV3-Large, and the last two have {share:.0%} of the gates' parameters", 3) as figure:
# ko: with sheet(f"MobileNetV3-Large의 게이트 {len(found)}개: 마지막 두 개에 게이트 파라미터의 {share:.0%}가 있습니다", 3) as figure:
    ax = figure.subplots()
    ax.bar(range(1, len(found) + 1), [parameters / 1000 for parameters in found.values()], color=PALETTE[0])
    ax.set(xlabel="gate, counted from the input", ylabel="parameters, in thousands")
    # ko: ax.set(xlabel="입력 쪽에서 센 게이트의 번호", ylabel="파라미터(천 개)")
display(figure)

# %% experiment
for model, lesson_3 in ((mobilenet, 1_512_280), (keras.applications.EfficientNetB0(weights=None), 636_540)):
    gates, parameters = count_gates(table_of(model))
    products = sum(call[0] == "Multiply" for call in table_of(model).values())
    share = parameters / model.count_params()
    print(f"{model.name}: {gates} gates among {products} products")
    # ko: print(f"{model.name}: 곱셈 {products}개 가운데 게이트 {gates}개")
    print(f"    {parameters:,} of {model.count_params():,} parameters, {share:.1%}; off from lesson 3 by {parameters - lesson_3}")
    # ko: print(f"    파라미터 {model.count_params():,}개 가운데 {parameters:,}개, {share:.1%}. 레슨 3과의 차이 {parameters - lesson_3}개")
del model

# %% [markdown] lang="en"
# To the unit: **1,512,280** parameters in the gates of MobileNetV3-Large, **636,540** in those of EfficientNetB0. What is counted are
# the weights and biases of the two convolutions of each gate, and nothing else; pooling, activations and products have none.
#
# ## What the gates let through
#
# A structure says where gates are, not what they do. For that we need trained weights and pictures. If there is a network
# connection, the next cell loads MobileNetV3-Large as it was trained on ImageNet, and shows it six views of one
# [photograph](https://commons.wikimedia.org/wiki/File:Grace_Hopper.jpg): Grace Hopper, who wrote one of the first compilers,
# photographed by the US Navy in 1984. It is in the public domain and comes with matplotlib. Without a connection, the cell opens an
# autoencoder of this course instead, with channel attention (lesson 3), and shows it garments of Fashion-MNIST. It says which of the
# two it was, and everything below is said of that one.
#
# *Predict: in which layer do the gates depend more on the picture, in the first or in the last one?*

# %% [markdown] lang="ko"
# 하나도 틀리지 않습니다. 게이트의 파라미터는 MobileNetV3-Large에서 **1,512,280**개, EfficientNetB0에서 **636,540**개입니다. 여기서 센
# 것은 게이트마다 있는 합성곱 두 개의 가중치와 편향(bias)뿐입니다. 풀링과 활성화 함수와 곱셈에는 파라미터가 없습니다.
#
# ## 게이트가 통과시키는 것
#
# 구조는 게이트가 어디에 있는지 말해 줄 뿐, 무엇을 하는지는 말해 주지 않습니다. 그것을 알려면 학습한 가중치와 그림이 있어야 합니다.
# 인터넷에 연결되어 있으면 다음 셀은 ImageNet으로 학습한 MobileNetV3-Large를 불러와
# [사진](https://commons.wikimedia.org/wiki/File:Grace_Hopper.jpg) 한 장에서 고른 여섯 부분을 보여 줍니다. 초기의 컴파일러를 작성한
# 그레이스 호퍼를 미국 해군이 1984년에 찍은 사진으로, 저작권 없이 누구나 쓸 수 있고 matplotlib에 들어 있습니다. 연결되어 있지 않으면
# 이 강의에서 학습한, 채널 어텐션(레슨 3)이 들어 있는 오토인코더를 대신 열고 Fashion-MNIST의 옷을 보여 줍니다. 둘 가운데 어느
# 것인지는 셀에 나오고, 그 아래의 내용은 모두 그 신경망에 관한 것입니다.
#
# **예상해 보세요. 게이트가 그림에 따라 더 많이 달라지는 층은 첫 번째일까요, 마지막일까요?**

# %% experiment
from coursekit.data import CLASS_NAMES, load_fashion_mnist
from coursekit.gates import from_pictures, read_gates
from coursekit.plots import picture_gates
from coursekit.pretrained import open_network

(train_images, train_labels), (test_images, test_labels) = load_fashion_mnist()
garments = {CLASS_NAMES[label]: test_images[test_labels == label][0] for label in (1, 2, 5, 7, 8, 9)}
opened = open_network(garments)

gates = read_gates(opened.network, opened.inputs, found_gates(opened.network, count_gates))
for name, of_layer in gates.items():
    shut, open_ = (of_layer < 0.05).mean(), (of_layer > 0.95).mean()
    print(f"{name:42} between pictures {from_pictures(of_layer):4.0%}, shut {shut:4.0%}, open {open_:4.0%}")
    # ko: print(f"그림 사이 {from_pictures(of_layer):4.0%}, 닫힘 {shut:4.0%}, 열림 {open_:4.0%}: {name}")
first, *_, last = gates.values()
shares = [from_pictures(of_layer) for of_layer in (first, last)]
shown = {"first gates": first, "last gates": last}
# ko: shown = {"첫 번째 게이트": first, "마지막 게이트": last}
title = f"Of the variance of the gates, {shares[0]:.0%} is between pictures in the first layer, {shares[1]:.0%} in the last"
# ko: title = f"게이트의 분산 가운데 그림 사이에 있는 비율은 첫 번째 층에서 {shares[0]:.0%}, 마지막 층에서 {shares[1]:.0%}입니다"
picture_gates(opened.pictures, shown, title)

# %% [markdown] lang="en"
# Each strip is one picture, each column one channel. Where a column has one colour from top to bottom, that gate is a constant: it
# says how much the channel counts, whatever is seen. Where colours change down a column, the gate reacts to the picture. The
# numbers above the figure have it for every layer: which share of the variance is between pictures, and how many gates are
# nearly shut (below 0.05) or nearly open (above 0.95). Where all gates of a layer lie close together, even a large share is a share
# of very little: look at the colours, too.
#
# The authors of SE looked at their own networks in this way. Early layers opened the same channels for all classes, later ones
# differed by class, and the very last were nearly alike again. Compare your numbers with that, but do not expect the same:
# another network, other pictures, and here only six.
#
# > **Your own pictures.** With the published weights, give `read_gates` photographs of your own in the place of `opened.inputs`: an
# > array of shape (pictures, 224, 224, 3) with values from 0 to 255. MobileNetV3 scales them itself.
#
# ## Look closer
#
# The demo shows one layer of gates and one picture at a time, of the network that was opened above. Channels stand from the least to the
# most open; the line is their mean over all pictures, the dots are this picture. Beside the picture is the map of the channel whose
# gate this picture opens most beyond the mean. *Predict: does a channel open where there is much of what its map shows?*
#
# <details><summary>The demo as a picture</summary>
#
# ![A garment, beside it the map of one channel, and the gates of a layer from the least to the most open: a rising line for the mean
# over all pictures, and dots for this one that lie close to it, a few of them higher or lower.](network_gates.png)
#
# </details>

# %% [markdown] lang="ko"
# 각 띠는 그림 한 장, 각 열은 채널 하나입니다. 위에서 아래까지 색이 같은 열의 게이트는 상수입니다. 무엇을 보든 그 채널을 얼마나
# 쓸지가 정해져 있습니다. 열을 따라 색이 달라지면 게이트가 그림에 반응하는 것입니다. 그림 위에 적힌 수는 모든 층에 대해 이것을
# 나타냅니다. 분산 가운데 그림 사이에 있는 비율, 거의 닫힌(0.05 미만) 게이트와 거의 열린(0.95 초과) 게이트의 비율입니다. 한 층의
# 게이트가 모두 비슷하면 분산 자체가 아주 작아서 비율이 커도 별 뜻이 없으니, 색도 함께 보세요.
#
# SE의 저자들도 자기 신경망을 이렇게 살펴보았습니다. 앞쪽 층은 어느 클래스에서나 같은 채널을 열었고, 뒤쪽 층은 클래스에 따라
# 달라졌으며, 맨 끝의 층은 다시 거의 비슷했습니다. 여러분의 수와 비교해 보되, 같으리라고 기대하지는 마세요. 신경망도 그림도 다르고,
# 여기서는 그림이 여섯 장뿐입니다.
#
# > **여러분의 그림으로.** 공개된 가중치를 열었다면 `read_gates`에 `opened.inputs` 대신 여러분의 사진을 넣어 보세요. 형태가 (그림 수,
# > 224, 224, 3)이고 값이 0부터 255까지인 배열이면 됩니다. 값의 크기는 MobileNetV3가 스스로 맞춥니다.
#
# ## 더 자세히 보기
#
# 데모는 위에서 연 신경망의 게이트를 한 층씩, 그림 한 장씩 보여 줍니다. 채널은 닫힌 것부터 열린 것 순서로 놓여 있습니다. 선은 모든
# 그림에 걸친 평균이고 점은 지금 보는 그림입니다. 그림 옆에는, 이 그림에서 게이트가 평균보다 가장 많이 열린 채널의 맵이 있습니다.
# **예상해 보세요. 맵에 나타난 것이 그림에 많으면 그 채널이 더 열릴까요?**
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![옷 한 벌과 그 옆의 채널 하나의 맵, 그리고 한 층의 게이트를 닫힌 것부터 열린 것 순서로 놓은 그림입니다. 올라가는 선은 모든 그림에
# 걸친 평균이고, 지금 보는 그림을 나타내는 점은 선 가까이에 있으며 몇 개는 더 높거나 낮습니다.](network_gates.png)
#
# </details>

# %% experiment
from coursekit import live

live.network_gates(count_gates)

# %% [markdown] lang="en"
# ## Bonus: mend this
#
# Here is the gate of MobileNetV3 (lesson 3) with two faults from published code. The network's first gate, on 72 channels,
# has 3,552 parameters, and this block would have 2,682. The other fault no count can show, only the values of the gates. *Find both
# and mend them, without looking at your own.* `mend` tries the block as the check of `mobilenet_se` would, and says which
# aspects are right, but not what is wrong. It gives no points.
#
# <details><summary>Where the faults are from</summary>
#
# [KerasCV](https://github.com/keras-team/keras-cv/pull/1756) took a quarter of the channels as it was, until its outputs were compared
# with those of `keras.applications`. Lesson 3's rule is in the course's package:
# `from coursekit.models.attention.squeeze_excitation import round_to_8`. In
# [MMClassification](https://github.com/open-mmlab/mmpretrain/pull/193) the hard sigmoid had the constants that its library has by
# default, and not MobileNetV3's, so its slope was 1/2 and not 1/6.
# </details>

# %% [markdown] lang="ko"
# ## 보너스: 고쳐 보기
#
# 다음은 MobileNetV3의 게이트(레슨 3)인데 고장 난 곳이 두 군데 있고, 둘 다 공개된 코드에 있던 것입니다. 신경망의 첫 번째 게이트는
# 채널이 72개이고 파라미터가 3,552개인데, 이 블록은 2,682개입니다. 다른 하나는 파라미터를 세어서는 알 수 없고 게이트의 값에만
# 나타납니다. **여러분의 답을 보지 말고 찾아서 고쳐 보세요.** `mend`는 `mobilenet_se`를 확인할 때처럼 블록을 시험해 어떤 측면이
# 맞는지만 알려 주고, 무엇이 틀렸는지는 알려 주지 않습니다. 점수는 없습니다.
#
# <details><summary>어디에 있던 실수인가</summary>
#
# [KerasCV](https://github.com/keras-team/keras-cv/pull/1756)는 채널 수의 4분의 1을 그대로 쓰다가, `keras.applications`의 출력과 비교해 보고
# 나서 고쳤습니다. 레슨 3의 규칙은 강의 패키지에서
# `from coursekit.models.attention.squeeze_excitation import round_to_8`로 불러올 수 있습니다.
# [MMClassification](https://github.com/open-mmlab/mmpretrain/pull/193)의 하드 시그모이드는 MobileNetV3의 상수 대신 라이브러리의
# 기본값을 써서, 가운데 구간에서 x가 1 커질 때 1/6이 아니라 1/2씩 커졌습니다.
# </details>

# %% experiment
from autograder import mend

def repaired(x):
    """MobileNetV3's gates: one for each channel, without an exponential function.

    ko: MobileNetV3의 게이트. 지수 함수 없이 채널마다 하나씩 구합니다.
    """
    channels = x.shape[-1]
    gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gates = layers.Conv2D(max(1, channels // 4), 1, activation="relu")(gates)
    gates = layers.Conv2D(channels, 1)(gates)
    gates = ops.clip((gates + 1) / 2, 0, 1)
    return layers.Multiply()([x, gates])

mend(repaired, "mobilenet_se")

# %% [markdown] lang="en"
# ## A gate that starts open
#
# Now the other way round: you have a trained network without gates, and want some in it. In lesson 11 a new SE halved every value
# and cost the network its accuracy, while GRN and GC changed nothing because what they *add* begins at 0. A gate *multiplies*, so it
# has to begin at **1**. There are two ways to get there.
#
# | start | last layer of the gate | gate at the start |
# |---|---|---|
# | as it is made | kernel by chance, bias 0 | about $\sigma(0) = \tfrac{1}{2}$ |
# | large bias | kernel by chance, bias 20 | σ(20), which is 1 in float32 |
# | doubled | kernel 0, bias 0, and the gate times 2 | $2\,\sigma(0) = 1$, exactly |
#
# This time the gates go where the authors of SE put them, at the end of each residual branch, before the addition. Keras can do
# that without any cutting: `clone_model` builds a network anew, and a `call_function` decides for each layer what is called.
#
# *Predict: two of the three change no output. What does one step of training then do to the one with the large bias?*

# %% [markdown] lang="ko"
# ## 열린 채로 시작하는 게이트
#
# 이번에는 거꾸로, 게이트가 없는 학습된 신경망에 게이트를 넣습니다. 레슨 11에서 갓 만든 SE는 모든 값을 절반으로 줄여 신경망의
# 정확도를 떨어뜨렸고, GRN과 GC는 **더하는** 것이 0에서 시작하므로 아무것도 바꾸지 않았습니다. 게이트는 **곱하므로 1**에서 시작해야
# 합니다. 그렇게 하는 방법은 두 가지입니다.
#
# | 방법 | 게이트의 마지막 층 | 시작할 때의 게이트 |
# |---|---|---|
# | 만든 그대로 | 커널은 무작위, 편향 0 | 약 $\sigma(0) = \tfrac{1}{2}$ |
# | 큰 편향 | 커널은 무작위, 편향 20 | σ(20), float32에서는 1 |
# | 두 배 | 커널 0, 편향 0, 게이트에 2를 곱함 | 정확히 $2\,\sigma(0) = 1$ |
#
# 이번에는 SE의 저자들이 넣은 자리, 곧 잔차 브랜치(branch)의 끝, 더하기 바로 앞에 넣습니다. Keras에서는 신경망을 자르지 않고도 할 수
# 있습니다. `clone_model`은 신경망을 새로 만드는데, 층마다 무엇을 호출할지를 `call_function`이 정합니다.
#
# **예상해 보세요. 셋 가운데 둘은 출력을 하나도 바꾸지 않습니다. 그다음 학습 스텝(step) 한 번은 편향이 큰 게이트에 무엇을 할까요?**

# %% experiment
predict("open_by_bias")

# %% given="se_block"

# %% experiment
from coursekit import weights

def gate_block(x, ratio, last, scale=1):
    """SE whose last layer is made with the arguments `last`, and its gates times `scale`.

    ko: 마지막 층을 인수 `last`로 만들고 게이트에 `scale`을 곱한 SE
    """
    gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gates = layers.Dense(max(1, x.shape[-1] // ratio), activation="relu")(gates)
    return x * (scale * layers.Dense(x.shape[-1], activation="sigmoid", **last)(gates))

def biased_gate(x, ratio=4):
    return gate_block(x, ratio, {"bias_initializer": keras.initializers.Constant(20)})

def open_gate(x, ratio=4):
    return gate_block(x, ratio, {"kernel_initializer": "zeros"}, scale=2)

# %% experiment
def with_gates(network, block):
    """A copy of a residual network, with `block` at the end of every residual branch.

    ko: 모든 잔차 브랜치의 끝에 `block`을 넣은 잔차 신경망의 사본
    """
    def call(layer, *arguments, **options):
        outputs = layer(*arguments, **options)
        return block(outputs) if layer.name.endswith("_bn2") else outputs

    copy = keras.models.clone_model(network, call_function=call)
    for layer in network.layers:
        if layer.weights:
            copy.get_layer(layer.name).set_weights(layer.get_weights())
    return copy

# %% experiment
trained = weights.load("resnet-20-residual")
middle = trained.get_layer("stage2_block3_relu2").output
front, behind = keras.Model(trained.input, middle), keras.Model(middle, trained.output)

def maps_of(images):
    return front.predict(images[..., np.newaxis] / np.float32(255), verbose=0)

maps, labels = maps_of(test_images[:1_000]), test_labels[:1_000]
step_maps, step_labels = maps_of(train_images[:64]), train_labels[:64]
before = behind.predict(maps, verbose=0)
print(f"without gates, accuracy {(before.argmax(axis=-1) == labels).mean():.1%}")
# ko: print(f"게이트가 없을 때의 정확도 {(before.argmax(axis=-1) == labels).mean():.1%}")
known = {layer.name for layer in behind.layers}
for name, block in {"as it is made": se_block, "large bias": biased_gate, "doubled": open_gate}.items():
# ko: for name, block in {"만든 그대로": se_block, "큰 편향": biased_gate, "두 배": open_gate}.items():
    keras.utils.set_random_seed(0)
    model = with_gates(behind, block)
    outputs = model.predict(maps, verbose=0)
    own = [layer for layer in model.layers if layer.name not in known and layer.weights]
    values = [layer.get_weights() for layer in own]
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", jit_compile=False)
    model.train_on_batch(step_maps, step_labels)
    moved = max(np.abs(now - then).max() for layer, old in zip(own, values) for now, then in zip(layer.get_weights(), old))
    right, largest = (outputs.argmax(axis=-1) == labels).mean(), np.abs(outputs - before).max()
    print(f"{name}: accuracy {right:.1%}, largest change of an output {largest:.1e}, of a gate's weight in one step {moved:.1e}")
    # ko: print(f"{name}: 정확도 {right:.1%}, 출력의 최대 변화 {largest:.1e}, 스텝 한 번에 게이트의 가중치가 달라진 최대 크기 {moved:.1e}")

# %% [markdown] lang="en"
# Two of the three are invisible: not one output differs by more than 1e-6, and accuracy is what it was. But the one with the large
# bias has not moved. At 20 the sigmoid is 1 to the last digit and its slope is 0, so no gradient comes through, in this step or
# in any other. It is no gate, only a way to write 1. The doubled gate stands where the sigmoid is steepest. It can open further, up to
# 2, or shut, and it learns from the first step.
#
# The same trick is in networks that you may have used. ResNets are often started with γ = 0 at the end of each branch, so that every
# block begins as its shortcut. Flamingo puts new layers into a trained language model behind a tanh of a number that starts at 0.
# LoRA adds a product of two matrices to trained weights, one by chance and one zero. In all of them half is zero, not both: if
# everything were zero, nothing would ever move.
#
# > **Bonus.** Let `coordinate_attention` of lesson 11 start open. It has *two* gates for every value. Which layers begin at 0, and
# > what is the factor?
# >
# > <details><summary>Answer</summary>
# >
# > The kernels of the two last convolutions, those of the rows and of the columns; their biases are 0 anyway. Both gates are then ½,
# > so the factor is 4. Try it: put it into `with_gates`, and look at the largest change of an output.
# > </details>
#
# ## Trained on
#
# Now both networks are trained on a little, the one without gates and the one with open gates, from the same outputs and on images
# that neither has seen. Only the third stage and the classifier are trained; what comes before stays as it is. Three seeds each,
# which decide on the order of the images and on the gates' first layers. *Predict: will the dots of the two rows lie apart?*

# %% [markdown] lang="ko"
# 셋 가운데 둘은 넣은 티가 나지 않습니다. 출력이 1e-6 넘게 달라진 곳이 하나도 없고 정확도도 그대로입니다. 그런데 편향이 큰 게이트는
# 조금도 움직이지 않았습니다. 20에서 시그모이드는 마지막 자리까지 1이고 도함수(derivative)가 0이므로, 이번 스텝에서든 다른 어느 스텝에서든
# 기울기(gradient)가 지나가지 못합니다. 게이트가 아니라 1을 복잡하게 적은 것일 뿐입니다. 반면 두 배로 한 게이트는 시그모이드가 가장
# 가파른 곳에 있습니다. 그래서 2까지 더 열릴 수도 있고 닫힐 수도 있으며, 첫 스텝부터 학습합니다.
#
# 여러분이 써 보았을지도 모르는 신경망에도 같은 방법이 들어 있습니다. ResNet은 흔히 브랜치의 끝에서 γ = 0으로 시작합니다. 그러면
# 모든 블록이 지름길(shortcut)만으로 시작합니다. Flamingo는 학습이 끝난 언어 모델에 새 층을 넣을 때, 0에서 시작하는 수의 tanh를
# 곱합니다. LoRA는 학습한 가중치에 두 행렬의 곱을 더하는데, 하나는 무작위이고 하나는 0입니다. 어느 것이나 절반만 0입니다. 모두 0이면
# 아무것도 움직이지 않습니다.
#
# > **보너스.** 레슨 11의 `coordinate_attention`을 열린 채로 시작하게 만들어 보세요. 값마다 게이트가 **두 개**입니다. 어느 층이 0에서
# > 시작해야 하고, 곱하는 수는 얼마일까요?
# >
# > <details><summary>답</summary>
# >
# > 마지막 합성곱 두 개, 곧 행과 열의 합성곱의 커널입니다. 편향은 원래 0입니다. 그러면 두 게이트가 모두 ½이므로 4를 곱합니다.
# > `with_gates`에 넣고 출력의 최대 변화를 확인해 보세요.
# > </details>
#
# ## 더 학습하기
#
# 이제 게이트가 없는 신경망과 열린 게이트를 넣은 신경망을, 같은 출력에서 출발해 처음 보는 이미지로 조금 더 학습합니다. 세 번째 스테이지(stage)와
# 분류기만 학습하고 그 앞은 그대로 둡니다. 시드(seed)는 세 개씩이고, 이미지의 순서와 게이트의 첫 번째 층을 정합니다. **예상해 보세요. 두 줄의 점들이
# 서로 떨어져 있을까요?**

# %% experiment
from coursekit.experiments import Budget
from coursekit.plots import comparison
from coursekit.statistics import welch

BUDGET = Budget(images=1_500, epochs=3, seeds=3)  # half a minute; more seeds tell more
# ko: # 30초쯤 걸립니다. 시드가 많을수록 믿을 만합니다
new, new_labels = maps_of(train_images[-BUDGET.images :]), train_labels[-BUDGET.images :]
reached = {"trained on, no gates": [], "trained on, open gates": []}
# ko: reached = {"더 학습, 게이트 없음": [], "더 학습, 열린 게이트": []}
for name, block in zip(reached, (lambda x: x, open_gate)):
    for seed in range(BUDGET.seeds):
        keras.utils.set_random_seed(seed)
        model = with_gates(behind, block)
        model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", jit_compile=False)
        model.fit(new, new_labels, batch_size=64, epochs=BUDGET.epochs, verbose=0)
        reached[name].append(100 * (model.predict(maps, verbose=0).argmax(axis=-1) == labels).mean())

# %% experiment
for name, of_layer in read_gates(model, maps, found_gates(model, count_gates)).items():
    low, high = np.percentile(of_layer, (5, 95))
    print(f"{name}: 90 % of the gates between {low:.2f} and {high:.2f}, {from_pictures(of_layer):.0%} of the variance between pictures")
    # ko: print(f"{name}: 게이트의 90%가 {low:.2f}와 {high:.2f} 사이, 분산의 {from_pictures(of_layer):.0%}가 그림 사이")
plain, gated = reached.values()
difference = welch(gated, plain)
print(f"before: {100 * (before.argmax(axis=-1) == labels).mean():.1f} %")
# ko: print(f"더 학습하기 전: {100 * (before.argmax(axis=-1) == labels).mean():.1f}%")
title = f"Trained on, open gates differ by {difference.mean:+.2f} points, 95 % interval {difference.low:+.2f} to {difference.high:+.2f}"
# ko: title = f"더 학습한 뒤 열린 게이트의 차이는 {difference.mean:+.2f}%p, 95% 신뢰 구간 {difference.low:+.2f}부터 {difference.high:+.2f}까지입니다"
comparison(reached, title, "accuracy on the test images (%)")
# ko: comparison(reached, title, "테스트 이미지의 정확도(%)")

# %% [markdown] lang="en"
# ## The answer
#
# **A trained network can take one more gate**, and need not notice it: training then starts from a network that works. The lines
# above the figure say how far the gates have moved from 1. So they have learned. Whether that was worth it, the
# interval in the title says: if it contains 0, these few trainings have not shown a gain, and differences as small as those in lesson 12
# could not be seen here anyway. Compare the dots with the line `before`, too: for us, both networks came out a little below where
# they had begun.
#
# And **what gates do in networks that people use** you can now look up yourself, in any Keras model: where they are, what they cost,
# and on which of your pictures they open.
#
# **What this does not show.** Whether gates help a network that is trained with them from the beginning: lesson 12 asked that, with
# ten seeds. Here three short trainings go on from one network, so that the dots say nothing about other networks. And six
# pictures are too few to say of any gate what it is for.
#
# ## Quiz
#
# <details><summary>1. The table of MobileNetV3-Large has twice as many products as gates. What are the others?</summary>
#
# They read one thing and multiply it by a sixth: the end of the hard sigmoid, once in every gate.
# </details>
#
# <details><summary>2. In its first step, only the last layer of the open gate moves, and the first layer stays. Why?</summary>
#
# The gradient of the first layer passes through the last kernel, which is 0. After one step that kernel is no longer 0, and then both
# learn.
# </details>
#
# <details><summary>3. A colleague writes the last product as <code>ops.multiply</code>, without a layer. Does your function find the gate?</summary>
#
# Yes: `table_of` lists operations, not only layers, and this one is a `Multiply`, too. With `ops.mean` in the place of the pooling it
# would not be found. The definition says global average pooling, and the table knows only classes. You could let both count.
# </details>
#
# ## To read
#
# - Andrew Howard et al., *Searching for MobileNetV3*, 2019, [arXiv:1905.02244](https://arxiv.org/abs/1905.02244); Mingxing Tan, Quoc
#   V. Le, *EfficientNet*, 2019, [arXiv:1905.11946](https://arxiv.org/abs/1905.11946).
# - Jie Hu et al., *Squeeze-and-Excitation Networks*, 2017, [arXiv:1709.01507](https://arxiv.org/abs/1709.01507), the section on the
#   role of the excitation.
# - Priya Goyal et al., *Accurate, Large Minibatch SGD*, 2017, [arXiv:1706.02677](https://arxiv.org/abs/1706.02677), with γ = 0;
#   Thomas Bachlechner et al., *ReZero is All You Need*, 2020, [arXiv:2003.04887](https://arxiv.org/abs/2003.04887).
# - Jean-Baptiste Alayrac et al., *Flamingo*, 2022, [arXiv:2204.14198](https://arxiv.org/abs/2204.14198); Edward Hu et al., *LoRA*,
#   2021, [arXiv:2106.09685](https://arxiv.org/abs/2106.09685).
#
# `progress()` shows all your points. Shut down this kernel when you are done (Kernel → Shut Down Kernel).

# %% [markdown] lang="ko"
# ## 답
#
# **학습이 끝난 신경망에 게이트를 하나 더 넣을 수 있습니다.** 넣은 티가 나지 않게 할 수도 있습니다. 그러면 학습은 이미 잘 작동하는
# 신경망에서 출발합니다. 그림 위에 적힌 것은 게이트가 1에서 얼마나 움직였는지이며, 이것으로 게이트가 학습했음을 알 수 있습니다.
# 그럴 만한 가치가 있었는지는 제목의 신뢰 구간이 말해 줍니다. 0이 들어 있으면 이 몇 번의 학습은 나아졌다는 것을 보여 주지 못한
# 것입니다. 레슨 12에서처럼 작은 차이라면 여기서는 어차피 보이지 않습니다. 점들을 출력된 `더 학습하기 전`의 정확도와도 비교해
# 보세요. 우리가 실행했을 때는 두 신경망 모두 출발점보다 조금 낮아졌습니다.
#
# 그리고 **사람들이 쓰는 신경망에서 게이트가 무엇을 하는지**는 이제 어떤 Keras 모델에서든 직접 알아볼 수 있습니다. 어디에 있는지,
# 비용은 얼마인지, 여러분의 어느 그림에서 열리는지 말입니다.
#
# **아직 알 수 없는 것.** 처음부터 게이트와 함께 학습한 신경망에서 게이트가 도움이 되는지는 알 수 없습니다. 그것은 레슨 12에서 시드
# 열 개로 물었습니다. 여기서는 신경망 하나에서 출발해 짧은 학습을 세 번씩 했으므로, 점들은 다른 신경망에 대해 말해 주지 않습니다.
# 그리고 그림 여섯 장만으로는 어느 게이트가 무엇을 위한 것인지 말할 수 없습니다.
#
# ## 퀴즈
#
# <details><summary>1. MobileNetV3-Large의 표에는 곱셈이 게이트의 두 배만큼 있습니다. 나머지는 무엇일까요?</summary>
#
# 하나만 읽고 6분의 1을 곱하는 것으로, 게이트마다 하나씩 있는 하드 시그모이드의 끝부분입니다.
# </details>
#
# <details><summary>2. 첫 스텝에서는 열린 게이트의 마지막 층만 움직이고 첫 번째 층은 그대로입니다. 왜 그럴까요?</summary>
#
# 첫 번째 층의 기울기는 마지막 커널을 거치는데, 그 커널이 0이기 때문입니다. 한 스텝이 지나면 커널이 더는 0이 아니므로 두 층이 모두
# 학습합니다.
# </details>
#
# <details><summary>3. 동료가 마지막 곱셈을 층이 아니라 <code>ops.multiply</code>로 작성했습니다. 여러분의 함수는 이 게이트를 찾을까요?</summary>
#
# 찾습니다. `table_of`는 층만이 아니라 모든 연산을 적고, 이 연산의 클래스도 `Multiply`입니다. 풀링 대신 `ops.mean`을 쓰면 찾지
# 못합니다. 정의에는 전역 평균 풀링이라고 되어 있고 표에는 클래스만 있기 때문입니다. 둘 다 세도록 바꿀 수도 있습니다.
# </details>
#
# ## 더 읽을거리
#
# - Andrew Howard 외, *Searching for MobileNetV3*, 2019, [arXiv:1905.02244](https://arxiv.org/abs/1905.02244). Mingxing Tan, Quoc
#   V. Le, *EfficientNet*, 2019, [arXiv:1905.11946](https://arxiv.org/abs/1905.11946).
# - Jie Hu 외, *Squeeze-and-Excitation Networks*, 2017, [arXiv:1709.01507](https://arxiv.org/abs/1709.01507). 엑사이테이션(excitation)의
#   역할을 다룬 절.
# - Priya Goyal 외, *Accurate, Large Minibatch SGD*, 2017, [arXiv:1706.02677](https://arxiv.org/abs/1706.02677). γ = 0으로 시작하는 방법.
#   Thomas Bachlechner 외, *ReZero is All You Need*, 2020, [arXiv:2003.04887](https://arxiv.org/abs/2003.04887).
# - Jean-Baptiste Alayrac 외, *Flamingo*, 2022, [arXiv:2204.14198](https://arxiv.org/abs/2204.14198). Edward Hu 외, *LoRA*, 2021,
#   [arXiv:2106.09685](https://arxiv.org/abs/2106.09685).
#
# `progress()`를 실행하면 모든 점수를 볼 수 있습니다. 끝나면 이 커널을 종료하세요(Kernel → Shut Down Kernel).
