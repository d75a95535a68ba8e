# %% [markdown] lang="en"
# # Your own attention
#
# So far you have built other people's designs. Each paper says that its block is worth its parameters. You know by now how to ask
# back: compared with what, over how many seeds, at what price?
#
# **Which attention earns its parameters, and can yours do better?** First you read the leaderboard, measured by this course
# on the real Fashion-MNIST. Then you design a gate of your own, and a network around it with at most 100,000 parameters. The
# last figure puts it beside what it has to beat.
#
# Two exercises, 12 points, about <!-- minutes --> minutes. Here nobody can compare your answer with a reference: there is none. The checks
# look at what it *does*.

# %% [markdown] lang="ko"
# # 나만의 어텐션
#
# 지금까지 다른 사람들의 설계를 배웠습니다. 논문마다 자기 블록은 늘어난 파라미터만큼 효과가 있다고
# 말합니다. 이제 여러분은 되물을 줄 압니다. 무엇과 비교했는지, 시드(seed)는 몇 개인지, 비용은 얼마인지 말입니다.
#
# **늘어난 파라미터만큼 효과를 내는 어텐션은 어느 것일까요? 여러분의 어텐션은 그보다 나을까요?** 먼저 이 강의가 진짜
# Fashion-MNIST로 측정한 순위표를 읽습니다. 그다음 게이트(gate)를 직접 설계하고, 그것을 넣은 신경망을 파라미터 100,000개
# 안에서 만듭니다. 마지막 그림에서는 여러분의 신경망을 견줄 대상들과 나란히 놓습니다.
#
# 연습 문제 2개, 12점, 약 <!-- minutes -->분 분량입니다. 이번에는 비교할 정답이 없습니다. 그래서 확인에서는 여러분의 답이 **무엇을
# 하는지** 봅니다.

# %% [markdown] lang="en"
# **After this lesson** you can design a gate and a network within a budget, and say what has to be shown before it
# counts as better. **You need** all lessons before; the blocks you need are given.

# %% [markdown] lang="ko"
# **이 레슨을 마치면** 예산 안에서 게이트와 신경망을 설계하고, 더 낫다고 하려면 무엇을 보여야 하는지 말할 수
# 있습니다. **먼저** 앞의 레슨을 모두 마쳐야 합니다. 필요한 블록은 주어집니다.

# %%
from autograder import check, hint, progress, start, your_turn

start("12-capstone")

import math

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% [markdown] lang="en"
# ## The leaderboard
#
# A small ResNet, trained on all 60,000 images by one recipe with ten seeds. Plain; with SE, ECA, CBAM and BAM; with the
# tutorial's spatial attention, alone and behind channel attention, which computes what SE computes. A gain means little without
# something to beat. So there are also plain networks that are a little wider, by as many parameters as a block adds
# (their names say how many channels the last stage has), and a plain network trained for as long as CBAM takes. All of it ran
# on an accelerator, ten seeds at a time, in minutes; two cores would take six hours. *Predict: which one is best, and by how many points?*

# %% [markdown] lang="ko"
# ## 순위표
#
# 작은 ResNet을 이미지 60,000장 모두로, 같은 방법으로, 시드 열 개씩 학습했습니다. 어텐션이 없는 것, SE와 ECA, CBAM, BAM을
# 넣은 것, 튜토리얼의 공간 어텐션만 넣은 것과 채널 어텐션(SE와 계산이 같습니다) 뒤에 넣은 것입니다. 견줄 대상이 없으면
# 나아졌다는 말에 뜻이 없습니다. 그래서 블록이 더하는 파라미터만큼 폭을 넓힌 일반 신경망(plain network)도 있고, CBAM이 걸리는 시간만큼 오래
# 학습한 일반 신경망도 있습니다. 폭을 넓힌 것의 이름에 있는 수는 마지막 스테이지(stage)의 채널 수입니다. 모두 가속기에서 시드 열 개를 한꺼번에, 몇 분 만에 학습했습니다. 코어 두 개로는 여섯 시간이
# 걸립니다. **예상해 보세요. 어느 것이 가장 좋을까요? 몇 %p(퍼센트포인트) 차이일까요?**

# %% experiment
from coursekit.experiments import Budget, by_name, classification, load_results, network_name, report
from coursekit.results import results_folder
from coursekit.plots import comparison

shipped = load_results("comparison-blocks")
for network in shipped["networks"]:
    millions = network["multiply_adds"] / 1e6
    name = network_name(network["name"])
    print(f"{name:20}{network['parameters']:>8,} parameters, {millions:.2f} million multiply-adds, {network['epochs']} epochs")
    # ko: print(f"파라미터 {network['parameters']:>7,}개, 곱셈-누산(MAC) {millions:.2f}M번, {network['epochs']}에포크: {name}")
for name, values in shipped["baselines"].items():
    print(f"{network_name(name):20}{values[0]:.2%} on the same images")
    # ko: print(f"같은 이미지에서 {values[0]:.2%}: {network_name(name)}")

# %% experiment
accuracies = report("comparison-blocks", "plain", 100)
means = {name: values.mean() for name, values in accuracies.items()}
blocks = ["SE", "CBAM", "BAM", "ECA", "spatial", "channel + spatial"]
best, longer = (means[name] - means["plain"] for name in (max(blocks, key=means.get), "plain, as long"))
# ko: =
title = f"The best block is {best:+.2f} points from plain, a longer training {longer:+.2f}"
# ko: title = f"일반 신경망과의 차이: 가장 좋은 블록 {best:+.2f}%p, 더 긴 학습 {longer:+.2f}%p"
comparison(accuracies, title, "accuracy on the test images (%)")
# ko: comparison(accuracies, title, "테스트 이미지의 정확도(%)")

# %% [markdown] lang="en"
# Every dot is one seed, the bar the 95 % interval of the mean. The text above has the differences of the means from the plain
# network, with their intervals. Read it as a jury would: if an interval contains 0, this experiment has not shown that the block
# helps. If it does not, look at how large the gain is, and at what it costs.
#
# **No block is ahead.** SE, ECA and BAM cannot be told from the plain network, and their intervals leave room for less than
# 0.2 points either way. The means of CBAM and of the tutorial's two lie below it; how sure that is, we ask below. A wider network gains
# nothing either. What pays is training: in the time that CBAM took on the accelerator, where many small steps cost more than their
# multiply-adds, the plain network trains for 14 epochs instead of 8, and gains half a point.
#
# Two kinds of chance are left. Other seeds would move the dots. Other test images would move all of them together: at 92 %
# on 10,000 images the standard error is 0.27 points.
#
# **Behind for good, or a bad start?** Two gates near 0.5 leave a branch a quarter of its strength. If that is why CBAM is behind,
# another start should help. So SE, CBAM and BAM were trained again in three ways, ten seeds each. *Open*: the gates start at 0.88.
# *Scaled*: a constant makes up for the gates, so that the block's output starts as large as its input. *Identity*: scaled, and
# the last weights before the gates start at 0, so that at first all gates are equal and the block changes nothing.
# *Predict: will CBAM catch up?*

# %% [markdown] lang="ko"
# 점 하나가 시드 하나이고, 막대는 평균의 95% 신뢰 구간입니다. 위에 적힌 것은 어텐션이 없는 신경망과 평균의 차이, 그리고 그
# 신뢰 구간입니다. 배심원처럼 읽어 보세요. 신뢰 구간에 0이 들어 있으면 이 실험은 그 블록이 도움이 된다는 것을 보여 주지
# 못한 것입니다. 들어 있지 않다면 얼마나 좋아졌는지, 그 비용은 얼마인지 보세요.
#
# **앞선 블록은 없습니다.** SE, ECA, BAM은 어텐션이 없는 신경망과 구별되지 않고, 차이가 있더라도 어느 쪽으로든 0.2%p가 안
# 됩니다. CBAM과 튜토리얼의 두 신경망은 평균이 더 낮은데, 얼마나 확실한지는 아래에서 묻습니다. 폭을 넓힌 신경망도 나아지지
# 않습니다. 효과가 있는 것은 학습입니다. 가속기에서는 작은 연산이 여럿이면 곱셈-누산(multiply-accumulate, MAC) 수에 비해
# 오래 걸립니다. CBAM이 거기서 걸린 시간이면 어텐션이 없는 신경망은 8에포크(epoch)가 아니라 14에포크를 학습하고, 0.5%p 넘게
# 좋아집니다.
#
# 우연은 두 가지가 남아 있습니다. 시드가 달랐다면 점들이 저마다 움직였을 것입니다. 테스트 이미지가 달랐다면 점들이 다
# 함께 움직였을 것입니다. 이미지 10,000장에서 정확도가 92%이면 표준 오차는 0.27%p입니다.
#
# **정말 뒤처지는 것일까요, 출발이 나빴을 뿐일까요?** 0.5 근처의 게이트 두 개를 지나면 브랜치(branch)의 세기가 4분의 1이
# 됩니다. CBAM이 이 때문에 뒤처진다면, 다르게 출발하면 나아져야 합니다. 그래서 SE, CBAM, BAM을 세 가지로 다시, 시드 열
# 개씩 학습했습니다. **열림**은 게이트가 0.88에서 출발합니다. **스케일**(scale)은 상수를 곱해, 블록의 출력이 입력과 같은 크기에서
# 출발합니다. **항등**은 스케일에 더해 게이트 바로 앞의 가중치를 0에서 시작합니다. 그러면 처음에는 모든 게이트가 같아서
# 블록이 아무것도 바꾸지 않습니다. **예상해 보세요. CBAM이 따라잡을까요?**

# %% experiment
from coursekit.statistics import welch

started = {name: 100 * np.array(values) for name, values in by_name(load_results("comparison-starts")["runs"]).items()}
for name, values in started.items():
    published = name.partition(", ")[0]
    for other in (published, "plain"):
        found = welch(values, accuracies[other])
        print(f"{network_name(name):15} to {network_name(other):6}{found.mean:+.2f}, 95 % interval {found.low:+.2f} to {found.high:+.2f}, p = {found.p:.4f}")
        # ko: print(f"차이 {found.mean:+.2f}, 95% 신뢰 구간 {found.low:+.2f}부터 {found.high:+.2f}까지, p = {found.p:.4f}: {network_name(name)} − {network_name(other)}")
shown = {name: accuracies[name] for name in ("plain", "SE", "CBAM", "BAM")} | started
gain = welch(started["CBAM, identity"], accuracies["CBAM"])
title = f"CBAM gains {gain.mean:.2f} points if it starts as no gate at all"
# ko: title = f"게이트가 없는 것처럼 출발하면 CBAM은 {gain.mean:.2f}%p 좋아집니다"
comparison(dict(sorted(shown.items())), title, "accuracy on the test images (%)")
# ko: comparison(dict(sorted(shown.items())), title, "테스트 이미지의 정확도(%)")

# %% [markdown] lang="en"
# The start matters. Started as no gate at all, CBAM gains nearly 0.4 points: the same layers, the same parameters, another first
# step. Scaled, its mean is 0.3 points higher. Gates that start at 0.88 show no gain, and BAM, whose gates multiply by 1.5 at
# first, none with any start. (BAM as identity was not trained.)
#
# As identity, CBAM and SE are even ahead of the plain network, by 0.18 and 0.13 points. Would you publish that? The two tables
# hold twenty-six intervals, and if no block did anything, one of twenty would still leave out 0, by chance alone. A strict reader
# multiplies every p by twenty-six. Three findings survive that: longer training; the tutorial's pair, channel and spatial, behind the
# plain network (p = 0.0002); and what CBAM gains as identity (p = 0.0004, times twenty-six about 0.01). CBAM behind the plain
# network (p = 0.03), its gain when scaled (0.0037) and its lead as identity (0.0035) do not: likely, and to be tried again.
#
# ## What the papers say
#
# On ImageNet the gains are larger. Parameters first, counted by the course's own networks; those of ResNet-50 with SE, for
# example, are 28,088,024. *Predict: which block is nearly free in every depth?*

# %% [markdown] lang="ko"
# 출발점이 중요합니다. 게이트가 없는 것처럼 출발하면 CBAM은 0.4%p 가까이 좋아집니다. 층도 파라미터도 그대로이고 첫걸음만
# 다릅니다. 스케일로는 평균이 0.3%p 높습니다. 0.88에서 출발한 게이트로는 좋아진 것이 드러나지 않고, 처음에 1.5를 곱하는 BAM은
# 어떻게 출발해도 마찬가지입니다. (BAM의 항등은 학습하지 않았습니다.)
#
# 항등으로 출발한 CBAM과 SE는 어텐션이 없는 신경망보다도 0.18%p와 0.13%p 앞섭니다. 여러분이라면 논문으로 내겠습니까? 두
# 표에는 신뢰 구간이 스물여섯 개 있고, 어느 블록도 효과가 없더라도 스무 개 가운데 하나는 우연만으로 0을 벗어납니다. 엄격한
# 독자는 모든 p에 26을 곱합니다. 그래도 남는 것은 세 가지입니다. 더 오래 학습하면 좋아진다는 것, 튜토리얼의 채널 어텐션과
# 공간 어텐션을 함께 넣으면 뒤처진다는 것(p = 0.0002), CBAM이 항등으로 좋아진다는 것(p = 0.0004, 26을 곱하면 0.01쯤)입니다.
# CBAM이 뒤처진다는 것(p = 0.03), 스케일로 좋아진다는 것(0.0037), 항등으로 앞선다는 것(0.0035)은 남지 않습니다. 그럴듯하지만
# 다시 해 보아야 합니다.
#
# ## 논문의 숫자
#
# ImageNet에서는 효과가 더 큽니다. 먼저 강의의 신경망에서 센 파라미터 수를 보겠습니다. 예를 들어 SE를 넣은
# ResNet-50은 28,088,024개입니다. **예상해 보세요. 깊이와 상관없이 비용이 거의 들지 않는 블록은 어느 것일까요?**

# %% experiment
from autograder import predict

predict("nearly_free")

# %% experiment
import json

costs = json.loads((results_folder() / "costs.json").read_text("utf-8"))
sizes = {network["name"]: network["trainable"] for network in costs["networks"]}
kinds = ("", " + SE", " + ECA", " + CBAM", " + BAM")
print(f"{'trainable':12}" + "".join(f"{kind.removeprefix(' + ') or 'plain':>14}" for kind in kinds))
# ko: print(f"{'학습 파라미터':7}" + "".join(f"{kind.removeprefix(' + ') or '일반':>14}" for kind in kinds))
for depth in (18, 34, 50, 101):
    print(f"ResNet-{depth:<5}" + "".join(f"{sizes[f'ResNet-{depth}{kind}']:14,}" for kind in kinds))

# %% [markdown] lang="en"
# ECA adds 36 to 171 weights to millions. Now what they bought, ResNet-50 on ImageNet, as the papers print it:
#
# | network | parameters | top-1 error, % | plain, same paper |
# |---|---|---|---|
# | SE (Hu et al., Table 2) | 28.1 M | 23.29 | 24.80 |
# | CBAM (Woo et al., Table 4) | 28.09 M | 22.66 | 24.56 |
# | BAM (Park et al., Table 3b) | 25.92 M | 24.02 | 24.56 |
# | ECA (Wang et al., Table 3) | "24.37 M" | 22.52 | 24.80 |
#
# Do not compare the rows with each other: training differs from paper to paper. And mind the units. ECA's "M" is 2²⁰: its
# 24.37 are the 25.56 million of the others. An independent reproduction with one training for all
# ([PytorchInsight](https://github.com/implus/PytorchInsight)) has, as accuracy in %, for ResNet-50 no attention 76.38, BAM 76.90,
# SE 77.18, CBAM 77.63, the order of the papers. For ResNet-101 it has no attention 78.20, BAM 78.22, CBAM 78.35, SE 78.47: another
# order, and gains of less than 0.3. One run each.
#
# ## Exercise 1: my_attention
#
# What makes a layer *attention*? The check asks four things, on maps that were made for it:
#
# | it asks | how it finds out |
# |---|---|
# | Does the layer **weigh** x, and not replace it? | where x is 0, the output must be 0 |
# | Do the gates **depend on x**? | other images must get other gates, each image by itself |
# | Do they see **more than the value** they scale? | one channel is changed, or one corner: a gate elsewhere must move |
# | Can they be **learned**, within 100 parameters a channel? | a gradient must reach the weights, and they are counted |
#
# A few ideas: a mean over each row and each column (as in coordinate attention); a gate from the difference between a value
# and its neighbourhood; a softmax over channels, times their number; two kernel sizes that compete. The squeeze decides what a
# gate can know. Begin there.

# %% [markdown] lang="ko"
# ECA는 파라미터 수천만 개에 36~171개를 더할 뿐입니다. 그렇다면 늘어난 파라미터로 무엇을 얻었을까요? 논문에 실린
# ResNet-50의 ImageNet 결과입니다.
#
# | 신경망 | 파라미터 | top-1 오류율(%) | 같은 논문의 어텐션 없는 신경망 |
# |---|---|---|---|
# | SE (Hu 등, 표 2) | 28.1 M | 23.29 | 24.80 |
# | CBAM (Woo 등, 표 4) | 28.09 M | 22.66 | 24.56 |
# | BAM (Park 등, 표 3b) | 25.92 M | 24.02 | 24.56 |
# | ECA (Wang 등, 표 3) | "24.37 M" | 22.52 | 24.80 |
#
# 줄끼리 비교하지는 마세요. 논문마다 학습 방법이 다릅니다. 단위도 조심하세요. ECA 논문의 "M"은 2²⁰이므로, 24.37은 다른
# 논문의 2,556만 개와 같은 수입니다. 모두 같은 방법으로 다시 학습한 독립적인 재현 실험
# ([PytorchInsight](https://github.com/implus/PytorchInsight))에서 ResNet-50의 정확도는 어텐션 없음 76.38%, BAM 76.90%, SE
# 77.18%, CBAM 77.63%로 논문들의 순서와 같습니다. ResNet-101에서는 어텐션 없음 78.20%, BAM 78.22%, CBAM 78.35%, SE 78.47%로
# 순서가 다르고 차이도 0.3%p가 안 됩니다. 모두 한 번씩 학습한 결과입니다.
#
# ## 연습 문제 1: my_attention
#
# 무엇이 층을 **어텐션**으로 만들까요? 확인에서는 이를 위해 만든 맵으로 네 가지를 묻습니다.
#
# | 묻는 것 | 알아내는 방법 |
# |---|---|
# | x의 **비중을 정하는가**, 다른 것으로 바꾸지는 않는가? | x가 0인 곳의 출력은 0이어야 합니다 |
# | 게이트가 **x에 따라 달라지는가**? | 이미지가 다르면 게이트도 달라야 하고, 이미지마다 따로 정해야 합니다 |
# | 게이트가 곱해지는 값 하나만이 아니라 **다른 값도 보는가**? | 채널 하나나 모서리 하나를 바꾸면 다른 곳의 게이트가 움직여야 합니다 |
# | 채널마다 파라미터 100개 안에서 **학습할 수 있는가**? | 기울기(gradient)가 가중치까지 전달되어야 하고, 가중치의 수를 셉니다 |
#
# 몇 가지 아이디어를 들면 다음과 같습니다. 행마다, 열마다 평균을 낼 수도 있고(좌표 어텐션(coordinate attention)처럼),
# 값과 그 주변의 차이로 게이트를 정할 수도 있습니다. 채널 축의 소프트맥스(softmax)에 채널 수를 곱하거나, 두 커널 크기를
# 서로 경쟁시킬 수도 있습니다. 게이트가 무엇을 알 수 있는지는 스퀴즈(squeeze)가 정합니다. 거기서 시작해 보세요.

# %% solution="my_attention"
def my_attention(x):
    """Gates of your own design.

    What every answer must do:
        1. Return x times gates, in the shape of x. Where x is 0, the output is 0.
        2. Compute the gates from x: other images, other gates, each image by itself.
        3. Let a gate see more than the value that it scales: other channels or positions.
        4. Have weights that a gradient reaches, at most 100 for each channel of x.

    Args:
        x: feature map, (batch, height, width, channels).

    Returns:
        Feature map of the same shape.

    ko: 여러분이 직접 설계하는 게이트.

    어떤 답이든 지켜야 할 것:
        1. x에 게이트를 곱해 x의 형태로 반환하기. x가 0인 곳에서는 출력도 0입니다.
        2. 게이트를 x에서 계산하기: 이미지가 다르면 게이트도 다르고, 이미지마다 따로 계산합니다.
        3. 게이트가 자신이 곱해지는 값 말고도 보게 하기: 다른 채널이나 다른 위치.
        4. 기울기가 닿는 가중치를 두기, x의 채널마다 많아야 100개.

    인수:
        x: 특징 맵, (batch, height, width, channels).

    반환값:
        형태가 같은 특징 맵.
    """
    ### BEGIN SOLUTION
    # One example of many. Each position sees the means of its row and of its column.
    # ko: 수많은 예 가운데 하나입니다. 위치마다 자기 행의 평균과 자기 열의 평균을 봅니다.
    rows = ops.mean(x, axis=2, keepdims=True)
    columns = ops.mean(x, axis=1, keepdims=True)
    hidden = layers.Dense(max(1, x.shape[-1] // 8), activation="relu")(rows + columns)
    gates = layers.Dense(x.shape[-1], activation="sigmoid")(hidden)
    return x * gates
    ### END SOLUTION

# %% check="my_attention" points=6
check(my_attention)

# %% [markdown] lang="en"
# **What a squeeze leaves, a gate can know.** Compare the designs of this course by what they let through to the gate:
#
# | squeeze | what the gate knows | what it cannot know |
# |---|---|---|
# | mean over height and width (SE, ECA) | how strong each channel is | where anything is |
# | maximum over height and width (CBAM) | the strongest place of each channel | how much of the picture is like it |
# | mean or maximum over the channels (CBAM) | how strong each position is | which channel made it so |
# | none, a convolution reads x (BAM, the tutorial) | the pattern around each position | what lies outside its kernel |
# | means over rows and over columns | how strong each row and each column is | which crossing of the two it was |
#
# Look at your gates before you trust them. The next cell runs your layer, untrained, on the edges of six garments: four
# channels, one for each direction of a step from dark to bright. Output divided by input *is* the gate. *Predict: will your gates
# differ between channels, between positions, or both?*

# %% [markdown] lang="ko"
# **게이트는 스퀴즈가 남긴 것만 알 수 있습니다.** 이 강의의 설계들을, 게이트에 무엇을 남기는지로 비교해 봅시다.
#
# | 스퀴즈 | 게이트가 아는 것 | 알 수 없는 것 |
# |---|---|---|
# | 높이와 너비를 따라 평균 (SE, ECA) | 채널마다 얼마나 센지 | 무엇이 어디에 있는지 |
# | 높이와 너비를 따라 최댓값 (CBAM) | 채널마다 가장 센 위치의 값 | 그런 위치가 그림에 얼마나 많은지 |
# | 채널을 따라 평균이나 최댓값 (CBAM) | 위치마다 얼마나 센지 | 어느 채널 때문인지 |
# | 없음, 합성곱이 x를 직접 읽음 (BAM, 튜토리얼) | 위치마다 그 주변의 무늬 | 커널 밖에 있는 것 |
# | 행마다, 열마다 평균 | 행과 열이 각각 얼마나 센지 | 둘이 만나는 위치 가운데 어디였는지 |
#
# 게이트를 믿기 전에 눈으로 확인하세요. 다음 셀은 학습하지 않은 여러분의 층을 옷 여섯 벌의 에지(edge) 맵에 적용합니다.
# 채널은 네 개이고, 어두운 곳에서 밝은 곳으로 바뀌는 방향마다 하나씩입니다. 출력을 입력으로 나눈 것이 **바로**
# 게이트입니다. **예상해 보세요. 여러분의 게이트는 채널마다 다를까요, 위치마다 다를까요, 둘 다일까요?**

# %% experiment
from coursekit.data import load_fashion_mnist
from coursekit.plots import image_grid

(train_images, train_labels), (test_images, test_labels) = data = load_fashion_mnist()
chosen = [int(np.flatnonzero(test_labels == label)[2]) for label in (0, 1, 5, 7, 8, 9)]
garments = test_images[chosen] / np.float32(255)
down, right = np.diff(garments, axis=1, append=0), np.diff(garments, axis=2, append=0)
edges = np.stack([down, -down, right, -right], axis=-1).clip(0) + 0.01  # no zero, so that one can divide
# ko: # 0이 없어야 나눌 수 있습니다

keras.utils.set_random_seed(0)
x = keras.Input((28, 28, 4))
gates = np.array(keras.Model(x, my_attention(x))(edges)) / edges
for name, axes in {"channels": (0, 1, 2), "positions of a channel": (0, 3), "images": (1, 2, 3)}.items():
# ko: for name, axes in {"채널": (0, 1, 2), "한 채널의 위치": (0, 3), "이미지": (1, 2, 3)}.items():
    print(f"spread of the mean gates between {name}: {gates.mean(axis=axes).std():.4f}")
    # ko: print(f"{name} 사이에서 평균 게이트의 표준편차: {gates.mean(axis=axes).std():.4f}")
shown = {"image": garments} | {f"gates, channel {c}": gates[..., c] for c in range(4)}
# ko: shown = {"이미지": garments} | {f"게이트, 채널 {c}": gates[..., c] for c in range(4)}
limits = dict.fromkeys(shown, (gates.min(), gates.max())) | {"image": (0, 1)}
# ko: limits = dict.fromkeys(shown, (gates.min(), gates.max())) | {"이미지": (0, 1)}
image_grid(shown, "Your gates before training: black is the lowest, white the highest", limits)
# ko: image_grid(shown, "학습하기 전 여러분의 게이트: 검을수록 작고 흴수록 큽니다", limits)

# %% [markdown] lang="en"
# Rows of flat grey mean: one gate for a whole channel. Patterns mean: positions get gates of their own. The same row for all
# garments would mean that nothing depends on the image, but then the check would not have passed.
#
# ## What it costs
#
# A gate has its price. The demo counts *your* layer on a map that you choose, beside those of the course. The first bar is
# a 3×3 convolution with as many channels: what such a block usually stands behind. The lines mark your two budgets, 100
# parameters a channel for `my_attention` and 100,000 for the whole network of exercise 2. The axis is logarithmic: from one
# number below it to the next is ten times as much, or a hundred times on long axes.
#
# Double the channels a few times, then change to multiply-adds and make the map larger. *Predict: which layers get twice as
# expensive with twice the channels, and which four times? Will yours stay within its budget?*
#
# <details><summary>The demo as a picture</summary>
#
# ![Bars on a logarithmic axis, the parameters of each layer on 64 channels. ECA has the shortest, SE, CBAM and BAM lie close
# together, self-attention is beyond the line of the budget for my_attention, and a 3×3 convolution is longest. The row for
# your own layer is empty.](what_it_costs.png)
#
# </details>

# %% [markdown] lang="ko"
# 줄 전체가 균일한 회색이면 채널마다 게이트가 하나라는 뜻이고, 무늬가 보이면 위치마다 게이트가 있다는 뜻입니다. 모든
# 옷에서 줄이 똑같다면 게이트가 이미지와 상관없다는 뜻인데, 그랬다면 확인을 통과하지 못했을 것입니다.
#
# ## 비용은 얼마나 들까
#
# 게이트에도 비용이 듭니다. 데모는 여러분이 고른 맵에서 **여러분의 층**과 강의의 층들의 비용을 나란히 셉니다. 첫 번째
# 막대는 채널 수가 같은 3×3 합성곱으로, 이런 블록은 보통 그 뒤에 놓입니다. 세로선은 두 가지 예산을 나타냅니다.
# `my_attention`은 채널마다 파라미터 100개이고, 연습 문제 2의 신경망은 모두 합쳐 100,000개입니다. 축은 로그 눈금입니다.
# 아래에 적힌 수 하나에서 다음 수까지가 열 배이고, 축이 길 때는 백 배입니다.
#
# 채널을 몇 번 두 배로 늘려 보고, 곱셈-누산으로 바꾼 다음 맵을 키워 보세요. **예상해 보세요.
# 채널이 두 배가 될 때 비용이 두 배가 되는 층은 무엇이고, 네 배가 되는 층은 무엇일까요? 여러분의 층은 예산 안에
# 머무를까요?**
#
# <details><summary>그림으로 보는 데모</summary>
#
# ![로그 축에 그린 막대로, 채널이 64개일 때 층마다 파라미터 수를 나타냅니다. ECA가 가장 짧고 SE, CBAM, BAM은 서로
# 비슷합니다. 셀프 어텐션은 my_attention의 예산을 나타내는 선을 넘고, 3×3 합성곱이 가장 깁니다. 여러분의 층이 놓일 줄은
# 비어 있습니다.](what_it_costs.png)
#
# </details>

# %% experiment
from coursekit import live

live.what_it_costs(my_attention)

# %% [markdown] lang="en"
# Where every channel meets every other, the weights grow with the square of the channels. Your budget only grows with the
# channels: what fits at 64 need not fit at 512. And few parameters do not mean few multiply-adds: a convolution uses each
# weight at every position.
#
# ## Exercise 2: my_network
#
# Now a network around it: at most **100,000** trainable parameters. The README of Fashion-MNIST lists a network of that size,
# two convolutions with pooling, at 92.5 %. The check hands your function several sizes of images, other numbers of classes,
# and once an attention of its own that leaves a mark, to see whether you use the argument.
#
# *Where do parameters go? Predict the share of your attention in the whole network.*

# %% [markdown] lang="ko"
# 모든 채널이 다른 모든 채널과 연결되는 층에서는 가중치가 채널 수의 제곱에 비례해 늘어납니다. 반면 예산은 채널 수에
# 비례해 늘어날 뿐이므로, 64개에서 맞던 것이 512개에서는 맞지 않을 수 있습니다. 그리고 파라미터가 적다고 곱셈-누산도
# 적은 것은 아닙니다. 합성곱은 가중치 하나를 모든 위치에서 쓰기 때문입니다.
#
# ## 연습 문제 2: my_network
#
# 이제 그 층을 넣은 신경망을 만듭니다. 학습 가능한 파라미터(trainable parameters)는 **100,000개**까지입니다.
# Fashion-MNIST의 README에는 크기가 이만한 신경망이 하나 있는데, 합성곱 두 개와 풀링으로 92.5%의 정확도를 냅니다.
# 확인에서는 여러 크기의 이미지와 여러 클래스 수를 넣어 보고, 흔적을 남기는 어텐션을 한 번 넘겨서 여러분이 그 인수를
# 정말로 쓰는지 봅니다.
#
# **파라미터는 어디에 쓰일까요? 신경망 전체에서 어텐션이 차지하는 비율을 예상해 보세요.**

# %% solution="my_network"
def my_network(input_shape, classes, attention=my_attention):
    """A classifier of your own design, with at most 100,000 trainable parameters.

    What every answer must do:
        1. Work for any image size from 16 × 16, any number of channels and of classes.
        2. Use `attention` at least once, and go on with what it gives.
        3. End in probabilities.

    Args:
        input_shape: (height, width, channels) of one image, at least 16 × 16.
        classes: number of classes.
        attention: a function from a feature map to one of the same shape.

    Returns:
        keras.Model from images in 0 to 1 to probabilities, (batch, classes).

    ko: 여러분이 직접 설계하는 분류기. 학습 가능한 파라미터는 많아야 100,000개.

    어떤 답이든 지켜야 할 것:
        1. 16 × 16 이상인 어떤 이미지 크기, 어떤 채널 수, 어떤 클래스 수에서도 만들어지기.
        2. `attention`을 적어도 한 번 쓰고, 그 출력을 이어서 쓰기.
        3. 확률로 끝나기.

    인수:
        input_shape: 이미지 한 장의 (height, width, channels), 적어도 16 × 16.
        classes: 클래스 수.
        attention: 특징 맵에서 형태가 같은 특징 맵을 만드는 함수.

    반환값:
        0부터 1까지의 이미지에서 확률 (batch, classes)를 내는 keras.Model.
    """
    ### BEGIN SOLUTION
    image = keras.Input(input_shape)
    x = image
    for filters in (16, 32, 64):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.MaxPooling2D()(attention(x))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(classes, activation="softmax")(x))
    ### END SOLUTION

# %% check="my_network" points=6
check(my_network)

# %% experiment
from coursekit.models.cost import multiply_adds, trainable

def unchanged(x):
    """No attention.

    ko: 어텐션 없음
    """
    return x

networks = [my_network((28, 28, 1), 10, attention) for attention in (my_attention, unchanged)]
parameters, without = map(trainable, networks)
print(f"your network: {parameters:,} of 100,000 parameters, {parameters - without:,} of them your attention's")
# ko: print(f"여러분의 신경망: 파라미터 100,000개 가운데 {parameters:,}개, 그 가운데 어텐션이 {parameters - without:,}개")
try:
    products, without = map(multiply_adds, networks)
    print(f"multiply-adds: {products:,}, {products - without:,} of them your attention's")
    # ko: print(f"곱셈-누산 {products:,}번, 그 가운데 어텐션이 {products - without:,}번")
except ValueError:
    print("multiply-adds: not counted, because nobody can look into a layer class of your own from outside")
    # ko: print("곱셈-누산은 세지 않았습니다. 직접 만든 층 클래스는 안을 들여다볼 수 없기 때문입니다.")

# %% [markdown] lang="en"
# ## Bonus: mend this
#
# Here is lesson 11's SimAM with two faults from published code. The shape is right, and there are no parameters to count. *On
# a map of 14 × 14, what are its gates, roughly, whatever the map? Find both faults and mend them, without looking at your own.*
# `mend` says which aspects are right, but not what is wrong, and gives no points.
#
# <details><summary>Where the faults are from</summary>
#
# In a [variant of YOLO](https://github.com/nhatcn/YOLO-LOAMDPMS-Learnable-Occlusion-Aware-and-Depth-Point-wise-Multi-Scale-Channel-Attention)
# the distances are summed above the line, too: the quotient is nearly the same for all maps, and every gate nearly 1. In a
# [collection of blocks](https://github.com/northBeggar/Plug-and-Play) the constant is the least divisor instead of being added.
# </details>

# %% [markdown] lang="ko"
# ## 보너스: 고쳐 보기
#
# 다음은 레슨 11의 SimAM인데 고장 난 곳이 두 군데 있고, 둘 다 공개된 코드에 있던 것입니다. 형태는 맞고, 파라미터는 원래 없습니다.
# **14 × 14 맵에서는 어떤 맵이 들어오든 게이트가 대략 얼마일까요? 여러분의 답을 보지 말고 찾아서 고쳐 보세요.** `mend`는 어떤
# 측면이 맞는지만 알려 주고, 무엇이 틀렸는지는 알려 주지 않습니다. 점수는 없습니다.
#
# <details><summary>어디에 있던 실수인가</summary>
#
# [YOLO의 한 변형](https://github.com/nhatcn/YOLO-LOAMDPMS-Learnable-Occlusion-Aware-and-Depth-Point-wise-Multi-Scale-Channel-Attention)에서는
# 분자에서도 거리를 모두 더합니다. 그러면 몫이 어느 맵에서나 거의 같아져서 게이트가 모두 1에 가깝습니다. 어느
# [블록 모음](https://github.com/northBeggar/Plug-and-Play)에서는 상수를 더하지 않고 나누는 수의 최솟값으로 썼습니다.
# </details>

# %% experiment
from autograder import mend

def repaired(x, e_lambda=1e-4):
    """SimAM: a gate for each value, larger the more it stands out in its channel.

    ko: SimAM. 값마다 게이트를 구하며, 채널 안에서 두드러질수록 게이트가 큽니다.
    """
    height, width = x.shape[1:3]
    distances = (x - ops.mean(x, axis=(1, 2), keepdims=True)) ** 2
    total = ops.sum(distances, axis=(1, 2), keepdims=True)
    variance = total / (height * width - 1)
    return x * ops.sigmoid(total / ops.maximum(4 * variance, e_lambda) + 0.5)

mend(repaired, "simam")

# %% [markdown] lang="en"
# ## Yours
#
# The next cell trains your network twice, with your attention and with none, on 6,000 images. Two classifiers that see
# nothing but pixels learn from the same images: whoever builds a network should know what it has to beat. *Predict: where will
# your two dots be?*

# %% [markdown] lang="ko"
# ## 여러분의 신경망
#
# 다음 셀은 여러분의 신경망을 어텐션을 넣고 한 번, 빼고 한 번, 이미지 6,000장으로 모두 두 번 학습합니다. 픽셀만 보는 분류기 두
# 가지도 같은 이미지로 학습합니다. 신경망을 만들었으면 무엇보다 나아야 하는지 알아야 합니다. **예상해 보세요. 여러분의 점 두
# 개는 어디에 놓일까요?**

# %% experiment
from functools import partial

from coursekit.baselines import linear_accuracy, nearest_neighbour_accuracy

BUDGET = Budget(images=6_000, epochs=5, seeds=1)  # more seeds tell more: try five
# ko: # 시드가 많을수록 믿을 만합니다. 다섯 개로 해 보세요
builders = {
    "yours": partial(my_network, (28, 28, 1), 10),
    # ko: "여러분의 것": partial(my_network, (28, 28, 1), 10),
    "yours, no attention": partial(my_network, (28, 28, 1), 10, unchanged),
    # ko: "여러분의 것, 어텐션 없음": partial(my_network, (28, 28, 1), 10, unchanged),
}
runs = classification(builders, data, BUDGET)
for run in runs:
    print(f"{run.name}: {run.parameters:,} parameters, accuracy {run.metric:.2%} after {run.seconds:.0f} s")
    # ko: print(f"{run.name}: 파라미터 {run.parameters:,}개, {run.seconds:.0f}초 뒤의 정확도 {run.metric:.2%}")
(images, labels), test = data
seen = images[: BUDGET.images], labels[: BUDGET.images]
beside = by_name(runs) | {
    "logistic regression": [linear_accuracy(seen, test)],
    # ko: =
    "nearest neighbour": [nearest_neighbour_accuracy(seen, test)],
    # ko: =
}
difference = 100 * (runs[0].metric - runs[1].metric)
title = f"With one seed your attention makes {difference:+.1f} points: inside or outside the spread of seeds?"
# ko: title = f"시드 하나에서 어텐션의 차이는 {difference:+.1f}%p입니다. 시드에 따른 차이의 안일까요, 밖일까요?"
comparison({name: 100 * np.array(values) for name, values in beside.items()}, title, "accuracy on the test images (%)")
# ko: comparison({name: 100 * np.array(values) for name, values in beside.items()}, title, "테스트 이미지의 정확도(%)")

# %% [markdown] lang="en"
# One seed of each tells little: on the leaderboard the seeds of one network lie up to 0.8 points apart after a long training, and
# after a short one they lie farther apart. For a fair answer take more seeds and more images, and look at the interval of the
# difference. `BUDGET` is all you need to change; with ten seeds and all images it takes hours on two cores.
#
# **Swap the gate.** `my_network` takes any attention. The next cell hands out those of earlier lessons. Put one in place of
# `channel_attention` below and predict first. Expect far less than above, because the training is short. If your network has batch
# normalisation, its moving averages, which the test uses, are then still mostly what they were at the start. To compare, let
# `swapped` return x as it is.

# %% [markdown] lang="ko"
# 시드 하나씩으로는 알 수 있는 것이 적습니다. 순위표에서는 오래 학습했는데도 한 신경망의 시드끼리 0.8%p까지 차이가 나고,
# 짧게 학습하면 차이가 더 벌어집니다. 공정하게 답하려면 시드와 이미지를 늘리고, 차이의 신뢰 구간을 보세요. `BUDGET`만 바꾸면
# 됩니다. 이미지를 모두 쓰고 시드를 열 개로 하면 코어 두 개로 몇 시간이 걸립니다.
#
# **게이트를 바꿔 끼워 보세요.** `my_network`는 어떤 어텐션이든 받습니다. 다음 셀에 앞 레슨의 블록들이 있습니다. **먼저
# 예상해 보세요.** 그런 다음 아래의 `channel_attention` 자리에 다른 것을 넣어 보세요. 학습이 짧으므로 정확도는 위보다
# 훨씬 낮을 것입니다. 신경망에 배치 정규화(batch normalization)가 있으면 테스트에는 그 이동 평균(moving mean)과 이동
# 분산(moving variance)을 쓰는데, 아직 대부분 처음 값 그대로입니다. 비교하려면 `swapped`가 x를 그대로 반환하게 해 보세요.

# %% given="channel_attention spatial_attention eca_kernel_size eca_block cbam_channel_attention cbam_spatial_attention cbam_block bam_channel_gate bam_spatial_gate bam_block"

# %% experiment
QUICK = Budget(images=1_500, epochs=3, seeds=1, test_images=2_000)

def swapped(x):
    """One of: channel_attention(x, …), spatial_attention(x, …), eca_block(x), cbam_block(x), bam_block(x).

    ko: 다음 가운데 하나: channel_attention(x, …), spatial_attention(x, …), eca_block(x), cbam_block(x), bam_block(x).
    """
    return channel_attention(x, f"swapped_{x.shape[-1]}")

for run in classification({"swapped": partial(my_network, (28, 28, 1), 10, swapped)}, data, QUICK):
# ko: for run in classification({"바꾼 것": partial(my_network, (28, 28, 1), 10, swapped)}, data, QUICK):
    print(f"{run.parameters:,} parameters, accuracy {run.metric:.1%} after {run.seconds:.0f} s")
    # ko: print(f"파라미터 {run.parameters:,}개, {run.seconds:.0f}초 뒤의 정확도 {run.metric:.1%}")

# %% [markdown] lang="en"
# ## The answer
#
# **Which attention earns its parameters?** On this leaderboard none does. SE, ECA and BAM cannot be told from the plain network.
# The tutorial's pair is behind it, and probably CBAM, too. The experiment with the starts points at a cause that lessons 4 and 6
# suspected: two gates near 0.5 leave a branch a quarter of its strength, and a CBAM that starts as no attention gains nearly 0.4
# points. That is not all of it, for gates that start at 0.88 did not help.
#
# The papers measured gains on ImageNet, and an independent reproduction smaller ones. **Can yours do better?** You have the
# tools to find out: baselines, several seeds, an interval, and the question how many intervals you have looked at.
#
# **What this does not show.** Garments in the middle of black pictures, one small network, one recipe. A block may help where there is
# more to look away from. And a gate that is well designed may still be found useless by training: look at the gates
# afterwards, swap them between images, as in lesson 3.
#
# ## Where to go on
#
# - The **exam** (`exam.html` in your language's folder) asks across all lessons, and explains every answer.
# - The **summary card** (`summary.html`, beside it) has all blocks on one page: picture, formula, parameters, cost, when to use. Print
#   it.
#
# ## Quiz
#
# <details><summary>1. A classmate's attention has 3,000 parameters and raises accuracy by 0.3 points with one seed. What do you ask?</summary>
#
# How far apart are two seeds of the same network? What does a plain network with 3,000 more parameters reach? Were both trained
# for equally long, and is it the final epoch or the best one?
# </details>
#
# <details><summary>2. Why does the check refuse x + convolution(x), although it learns and depends on x?</summary>
#
# Where x is 0 its output is not: it brings in something new instead of weighing what is there. That can be useful (a residual
# block does it), but it is not a gate.
# </details>
#
# <details><summary>3. A gate learned to be 0.9 for every channel of every image. What has the block become?</summary>
#
# A constant factor, which the next layer's weights could take over. It costs parameters and time and chooses nothing. The check
# only asks whether the gates *can* differ; whether they do after training, you have to look.
# </details>
#
# ## To read
#
# - Qibin Hou, Daquan Zhou, Jiashi Feng, *Coordinate Attention for Efficient Mobile Network Design*, 2021,
#   [arXiv:2103.02907](https://arxiv.org/abs/2103.02907).
# - Han Xiao, Kashif Rasul, Roland Vollgraf, *Fashion-MNIST*, 2017, [arXiv:1708.07747](https://arxiv.org/abs/1708.07747).
# - Xavier Bouthillier et al., *Accounting for Variance in Machine Learning Benchmarks*, 2021,
#   [arXiv:2103.03098](https://arxiv.org/abs/2103.03098).
#
# `progress()` shows all your points. **Shut down this kernel before the next lesson** (Kernel → Shut Down Kernel).

# %% [markdown] lang="ko"
# ## 답
#
# **늘어난 파라미터만큼 효과를 내는 어텐션은 어느 것일까요?** 이 순위표에서는 하나도 없습니다. SE, ECA, BAM은 어텐션이 없는
# 신경망과 구별되지 않습니다. 튜토리얼의 채널·공간 어텐션은 뒤처지고, CBAM도 그런 듯합니다. 출발을 바꾼 실험은 레슨 4와
# 6에서 짐작한 까닭을 가리킵니다. 0.5 근처의 게이트 두 개를 지나면 브랜치의 세기가 4분의 1이 되는데, 어텐션이 없는 것처럼
# 출발한 CBAM은 0.4%p 가까이 좋아졌습니다. 그것이 전부는 아닙니다. 0.88에서 출발한 게이트는 도움이 되지 않았기 때문입니다.
#
# 논문들은 ImageNet에서 정확도가 올랐다고 하고, 독립적인 재현 실험은 그보다 작은 차이를 보고합니다. **여러분의 어텐션은
# 그보다 나을까요?** 알아낼 도구는 다 갖추었습니다. 견줄 대상, 여러 시드, 신뢰 구간, 그리고 신뢰 구간을 몇 개나 보았는지
# 묻는 습관입니다.
#
# **아직 알 수 없는 것.** 이 결과는 검은 그림 한가운데에 옷이 있는 데이터에서, 작은 신경망 하나를 한 가지 방법으로
# 학습해 얻은 것입니다. 무시해야 할 것이 더 많은 그림에서는 블록이 도움이 될 수도 있습니다. 그리고 잘 설계한 게이트라도 학습하고
# 나면 쓰이지 않을 수 있습니다. 학습한 뒤의 게이트를 보고, 레슨 3처럼 이미지끼리 게이트를 바꿔 보세요.
#
# ## 더 해 보기
#
# - **시험**(여러분의 언어 폴더에 있는 `exam.html`)은 모든 레슨의 내용을 묻고, 모든 답을 설명합니다.
# - **요약 카드**(같은 폴더의 `summary.html`)에는 모든 블록이 그림, 수식, 파라미터, 비용, 쓸 곳과 함께 한 장에 들어
#   있습니다. 인쇄해서 쓰세요.
#
# ## 퀴즈
#
# <details><summary>1. 친구의 어텐션은 파라미터가 3,000개이고, 시드 하나에서 정확도를 0.3%p 올렸습니다. 무엇을 묻겠습니까?</summary>
#
# 같은 신경망에서 시드만 바꾸면 얼마나 차이가 나는지, 어텐션 없이 파라미터만 3,000개 늘린 신경망은 얼마인지, 둘 다 똑같이 오래 학습했는지, 마지막
# 에포크인지 가장 좋았던 에포크인지를 묻습니다.
# </details>
#
# <details><summary>2. x + convolution(x)는 학습할 수 있고 x에 따라 달라지는데, 왜 확인을 통과하지 못할까요?</summary>
#
# x가 0인 곳에서도 출력이 0이 아니기 때문입니다. 있는 것의 비중을 정하지 않고 새로운 것을 들여옵니다. 그것도 쓸모 있을
# 수는 있지만(잔차 블록(residual block)이 그렇게 합니다) 게이트는 아닙니다.
# </details>
#
# <details><summary>3. 학습하고 보니 모든 이미지, 모든 채널의 게이트가 0.9입니다. 이 블록은 무엇이 되었을까요?</summary>
#
# 상수를 곱하는 층이 되었습니다. 이 상수는 다음 층의 가중치가 대신할 수 있으므로, 파라미터와 시간이 들지만 아무것도
# 고르지 않습니다. 확인에서는 게이트가 달라질 **수 있는지**만 묻습니다. 학습한 뒤에 정말 달라지는지는 직접 보아야
# 합니다.
# </details>
#
# ## 더 읽을거리
#
# - Qibin Hou, Daquan Zhou, Jiashi Feng, *Coordinate Attention for Efficient Mobile Network Design*, 2021,
#   [arXiv:2103.02907](https://arxiv.org/abs/2103.02907).
# - Han Xiao, Kashif Rasul, Roland Vollgraf, *Fashion-MNIST*, 2017, [arXiv:1708.07747](https://arxiv.org/abs/1708.07747).
# - Xavier Bouthillier 외, *Accounting for Variance in Machine Learning Benchmarks*, 2021,
#   [arXiv:2103.03098](https://arxiv.org/abs/2103.03098).
#
# `progress()`를 실행하면 모든 점수를 볼 수 있습니다. **다음 레슨으로 가기 전에 이 커널을 종료하세요**(Kernel → Shut Down Kernel).
