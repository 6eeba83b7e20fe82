// SPDX-License-Identifier: BSL-1.0
#include <priori/train/transfer.hpp>

#include <priori/adapt/selection.hpp>
#include <priori/io/safetensors.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/train/loop.hpp>

#include "catch.hpp"
#include "train/small.hpp"

#include <limits>
#include <string>

namespace pr = priori;

namespace {

// What is refused with which sentence; the learner is then as it was.
template <class Learner>
std::string refusal(const pr::tensor_file& file, Learner& learner, pr::error_kind kind) {
    const auto before = small::parameters(learner);
    try {
        pr::transfer(file, learner, "'there'");
    } catch (const pr::error& e) {
        CHECK(e.kind() == kind);
        CHECK(small::same(small::parameters(learner), before));
        return e.what();
    }
    return "nothing was refused";
}

constexpr pr::sgd descent{.rate = 0.1f};  // outside of the template: see optim/README.md on clang++

template <class Net>
auto head_learner(const Net& net) {
    return pr::learner(net | pr::mse | pr::adapt<3>(descent, pr::only<"dense_1">) | pr::exact | pr::outer(descent),
                       small::tasks, pr::seed{2});
}

}  // namespace

TEST_CASE("one algorithm goes on from what another one learned, from its own beginning on") {
    auto maml = small::learner();
    pr::train(maml, small::tasks, {.iterations = 3});
    const pr::tensor_file file = pr::checkpoint_of(maml);
    auto anil = head_learner(small::net);
    pr::transfer(file, anil);
    CHECK(small::same(small::parameters(anil), small::parameters(maml)));
    CHECK(anil.iteration() == 0);

    auto in_memory = head_learner(small::net);
    pr::transfer(maml, in_memory);
    for (auto* each : {&anil, &in_memory}) pr::train(*each, small::tasks, {.iterations = 3});
    CHECK(small::same(small::parameters(anil), small::parameters(in_memory)));
}

TEST_CASE("a file without a learned block, with one of another shape or with bad numbers is refused") {
    const auto maml = small::learner();
    pr::tensor_file file = pr::checkpoint_of(maml);
    auto wider = head_learner(pr::input<1> | pr::dense<19> | pr::tanh | pr::dense<1>);
    CHECK(refusal(file, wider, pr::error_kind::mismatch) ==
          "'there': 'dense_0.weight' has shape (1, 16), expected (1, 19); a learned block that depends on the episode "
          "cannot be carried over.");
    auto deeper = head_learner(pr::input<1> | pr::dense<16> | pr::tanh | pr::dense<1> | pr::dense<1>);
    CHECK(refusal(file, deeper, pr::error_kind::mismatch) ==
          "'there': there is no tensor 'dense_2.weight', which is learned here; load what a description with the same "
          "layers has learned.");
    auto averaged = head_learner(pr::input<1> | pr::dense<16> | pr::batch_normalization<pr::running>.without_scale() |
                                 pr::tanh | pr::dense<1>);
    CHECK(refusal(file, averaged, pr::error_kind::mismatch).find("there is no tensor 'batch_normalization") !=
          std::string::npos);

    auto same = head_learner(small::net);
    std::get<std::vector<float>>(file.tensors[3].data)[0] = std::numeric_limits<float>::quiet_NaN();
    CHECK(refusal(file, same, pr::error_kind::bad_value) ==
          "'there': 'dense_1.bias' holds a number that is not finite; the learner is left as it was.");
    file.tensors[3].data = std::vector<double>{0.5};
    CHECK(refusal(file, same, pr::error_kind::mismatch) == "the tensor 'dense_1.bias' holds F64, F32 was expected.");
}

TEST_CASE("named parameters and scratch of other ways take what there is") {
    constexpr auto with_head = [](auto ways) {
        return pr::layout<pr::block<"body", "weight", pr::shape<2>>,
                          pr::block<"head", "weight", pr::shape<2, decltype(ways)::value>, pr::role::scratch>>{};
    };
    using three = decltype(with_head(pr::count<3>));
    float numbers[three::size] = {9, 9, 1, 2, 3, 4, 5, 6};
    pr::tensor_file file;
    file.tensors.push_back({"body.weight", {2}, std::vector<float>{7, 8}});
    file.tensors.push_back({"head.weight", {2, 5}, std::vector<float>(10)});
    pr::transfer(file, pr::named_parameters<float, three>(numbers));
    CHECK(std::vector<float>(numbers, numbers + 8) == std::vector<float>{7, 8, 1, 2, 3, 4, 5, 6});
}
