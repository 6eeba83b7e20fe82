// SPDX-License-Identifier: BSL-1.0
#include <priori/train/checkpoint.hpp>

#include <priori/adapt/selection.hpp>
#include <priori/io/files.hpp>
#include <priori/io/safetensors.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/meta/phases.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/momentum.hpp>
#include <priori/train/loop.hpp>

#include "catch.hpp"
#include "io/temporary_folder.hpp"
#include "train/small.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace pr = priori;

namespace {

template <class Call>
pr::error refusal(Call call) {
    try {
        call();
    } catch (const pr::error& e) {
        return e;
    }
    return {pr::error_kind::bad_option, "nothing was refused"};
}

}  // namespace

TEST_CASE("the signature says what the parameters belong to") {
    STATIC_REQUIRE(pr::signature_of<small::learner_type> ==
                   "float; input(1) dense(16) tanh(16) dense(1); mse; adapt<2> sgd; dense_0.weight(1,16) "
                   "dense_0.bias(16) dense_1.weight(16,1) dense_1.bias(1)");
    constexpr auto partial =
        small::net | pr::mse | pr::adapt<5>(pr::sgd{.rate = pr::learned(0.01f)}, pr::only<"dense_1">) | pr::exact;
    using learner_type = pr::learner_for<double, decltype(partial), decltype(small::tasks)>;
    STATIC_REQUIRE(pr::signature_of<learner_type> ==
                   "double; input(1) dense(16) tanh(16) dense(1); mse; adapt<5> sgd of dense_1.weight dense_1.bias; "
                   "dense_0.weight(1,16) dense_0.bias(16) dense_1.weight(16,1) dense_1.bias(1) adapt_0.rate(1)");
    using adapter_type = pr::adapter<double, decltype(partial), learner_type::episode_type>;
    STATIC_REQUIRE(pr::signature_of<learner_type> == pr::signature_of<adapter_type>);
}

TEST_CASE("a learner that was saved and loaded trains on bit for bit") {
    const test::temporary_folder folder;
    const auto path = folder / "learner.safetensors";
    auto whole = small::learner(7), first = small::learner(7), second = small::learner(7);
    pr::train(whole, small::tasks, {.iterations = 50});
    pr::train(first, small::tasks, {.iterations = 20});
    pr::save(first, path);
    const pr::checkpoint loaded = pr::load(second, path);
    CHECK(loaded.iteration == 20);
    CHECK(loaded.seed == 7);
    CHECK(loaded.has_outer_state);
    CHECK(small::same(small::parameters(first), small::parameters(second)));
    pr::train(second, small::tasks, {.iterations = 30, .threads = 2});
    CHECK(second.iteration() == 50);
    CHECK(small::same(small::parameters(whole), small::parameters(second)));
}

TEST_CASE("tensors of one's own beside a learner's are kept, and load looks past them") {
    const test::temporary_folder folder;
    const auto path = folder / "learner.safetensors";
    auto first = small::learner(7), second = small::learner(8);
    pr::train(first, small::tasks, {.iterations = 3});
    pr::tensor_file file = pr::checkpoint_of(first, {{"data", "sines"}});
    file.tensors.insert(file.tensors.begin(), pr::named_tensor{"mine", {2}, std::vector<float>{1, 2}});
    pr::write_safetensors(path, file);
    CHECK(pr::load(second, path).iteration == 3);
    CHECK(small::same(small::parameters(first), small::parameters(second)));
    CHECK(std::ranges::equal(pr::read_safetensors(path).tensor("mine").values<float>(), std::vector<float>{1, 2}));
    CHECK(pr::read_notes(path) == pr::checkpoint_notes{{"data", "sines"}});
}

TEST_CASE("a learner in two phases that was saved and loaded trains on bit for bit, across the change of phase") {
    constexpr auto first = small::net | pr::mse | pr::adapt<2>(pr::sgd{.rate = 0.02f}) | pr::displacement |
                           pr::outer(pr::momentum{.rate = 0.5f});
    constexpr auto both = first | pr::then(6, small::net | pr::mse | pr::exact | pr::outer(pr::adam{}));
    const test::temporary_folder folder;
    const auto path = folder / "phases.safetensors";
    for (const std::uint64_t saved_at : {4, 9}) {
        auto whole = pr::learner(both, small::tasks, pr::seed{7}), part = whole, other = whole;
        pr::train(whole, small::tasks, {.iterations = 12});
        pr::train(part, small::tasks, {.iterations = saved_at});
        pr::save(part, path);
        const pr::checkpoint loaded = pr::load(other, path);
        CHECK(loaded.has_outer_state);
        CHECK(loaded.iteration == saved_at);
        pr::train(other, small::tasks, {.iterations = 12 - saved_at});
        const auto expected = whole.parameters().all(), found = other.parameters().all();
        CHECK(std::equal(expected.begin(), expected.end(), found.begin()));
    }
}

TEST_CASE("the file has a tensor for every named block") {
    const test::temporary_folder folder;
    const auto path = folder / "learner.safetensors";
    const auto learner = small::learner();
    pr::save(learner, path);
    const pr::tensor_file file = pr::read_safetensors(path);
    CHECK(file.tensor("dense_1.weight").shape == std::vector<std::size_t>{16, 1});
    CHECK(file.tensor("dense_0.weight").values<float>()[3] == learner.parameters().all()[3]);
    CHECK(file.tensor("outer.state").shape == std::vector<std::size_t>{2 * learner.size});
    CHECK(*file.find_metadata("signature") == pr::signature_of<small::learner_type>);
}

TEST_CASE("parameters of another description are refused in one sentence that shows the difference") {
    const test::temporary_folder folder;
    const auto path = folder / "learner.safetensors";
    pr::save(small::learner(), path);
    constexpr auto wider = pr::input<1> | pr::dense<19> | pr::tanh | pr::dense<1>;
    auto other = pr::learner(
        wider | pr::mse | pr::adapt<2>(pr::sgd{.rate = 0.01f}) | pr::exact | pr::outer(pr::adam{.rate = 0.01f}),
        small::tasks, pr::seed{3});
    const auto before = small::parameters(other);
    const pr::error error = refusal([&] { pr::load(other, path); });
    CHECK(error.kind() == pr::error_kind::mismatch);
    CHECK(std::string(error.what()) ==
          "'" + path.string() +
              "': the parameters belong to another description: expected "
              "'dense(19) tanh(19) dense(1); mse; adapt<...', found 'dense(16) tanh(16) dense(1); mse; "
              "adapt<...'; load it into a learner of the description that it was saved from, or take its parameters over by "
              "transfer.");
    CHECK(small::same(small::parameters(other), before));
}

TEST_CASE("a file cut off anywhere leaves the learner as it was") {
    const test::temporary_folder folder;
    const auto path = folder / "learner.safetensors";
    auto trained = small::learner();
    pr::train(trained, small::tasks, {.iterations = 5});
    pr::save(trained, path);
    const std::string bytes = pr::read_file(path);
    auto learner = small::learner(2);
    const auto before = small::parameters(learner);
    for (const std::size_t length :
         {std::size_t{0}, std::size_t{7}, std::size_t{100}, bytes.size() / 2, bytes.size() - 1}) {
        pr::write_file_atomically(path, bytes.substr(0, length));
        CHECK(refusal([&] { pr::load(learner, path); }).kind() == pr::error_kind::bad_file);
        CHECK(small::same(small::parameters(learner), before));
        CHECK(learner.iteration() == 0);
    }
    CHECK(refusal([&] { pr::load(learner, folder / "nowhere"); }).kind() == pr::error_kind::missing_file);
}

TEST_CASE("numbers that are not finite are refused") {
    const test::temporary_folder folder;
    const auto path = folder / "learner.safetensors";
    auto bad = small::learner(), learner = small::learner(2);
    bad.parameters().all()[17] = std::numeric_limits<float>::infinity();
    pr::save(bad, path);
    const auto before = small::parameters(learner);
    const pr::error error = refusal([&] { pr::load(learner, path); });
    CHECK(error.kind() == pr::error_kind::bad_value);
    CHECK(std::string(error.what()).find("'dense_0.bias' holds a number that is not finite") != std::string::npos);
    CHECK(small::same(small::parameters(learner), before));
}

TEST_CASE("another outer rule takes the parameters and starts its own state anew") {
    const test::temporary_folder folder;
    const auto path = folder / "learner.safetensors";
    auto trained = small::learner();
    pr::train(trained, small::tasks, {.iterations = 5});
    pr::save(trained, path);
    constexpr auto plain =
        small::net | pr::mse | pr::adapt<2>(pr::sgd{.rate = 0.01f}) | pr::exact | pr::outer(pr::sgd{.rate = 0.01f});
    auto learner = pr::learner(plain, small::tasks, pr::seed{1});
    CHECK_FALSE(pr::load(learner, path).has_outer_state);
    CHECK(learner.iteration() == 5);
    CHECK(small::same(small::parameters(learner), small::parameters(trained)));
}

TEST_CASE("another outer rule counts its steps anew, and goes on so") {
    const test::temporary_folder folder;
    const auto path = folder / "learner.safetensors", again = folder / "again.safetensors";
    constexpr auto plain =
        small::net | pr::mse | pr::adapt<2>(pr::sgd{.rate = 0.01f}) | pr::exact | pr::outer(pr::sgd{.rate = 0.01f});
    auto trained = pr::learner(plain, small::tasks, pr::seed{1});
    pr::train(trained, small::tasks, {.iterations = 500});
    pr::save(trained, path);
    auto learner = small::learner();  // adam, rate 0.01
    CHECK_FALSE(pr::load(learner, path).has_outer_state);
    auto before = small::parameters(learner);
    for (int step = 0; step < 5; ++step) {
        pr::train(learner, small::tasks, {.iterations = 1});
        const auto after = small::parameters(learner);
        for (std::size_t i = 0; i < after.size(); ++i) REQUIRE(std::abs(after[i] - before[i]) < 0.02);
        before = after;
    }
    pr::save(learner, again);
    auto loaded = small::learner();
    CHECK(pr::load(loaded, again).has_outer_state);
    pr::train(learner, small::tasks, {.iterations = 3});
    pr::train(loaded, small::tasks, {.iterations = 3});
    CHECK(small::same(small::parameters(learner), small::parameters(loaded)));
}

TEST_CASE("the state of a detached outer rule is kept") {
    const test::temporary_folder folder;
    const auto path = folder / "learner.safetensors";
    constexpr auto held = small::net | pr::mse | pr::adapt<2>(pr::sgd{.rate = 0.01f}) | pr::exact |
                          pr::outer(pr::detached(pr::adam{.rate = 0.01f}));
    auto learner = pr::learner(held, small::tasks, pr::seed{1}), loaded = pr::learner(held, small::tasks, pr::seed{1});
    pr::train(learner, small::tasks, {.iterations = 5});
    pr::save(learner, path);
    CHECK(pr::load(loaded, path).has_outer_state);
    pr::train(learner, small::tasks, {.iterations = 5});
    pr::train(loaded, small::tasks, {.iterations = 5});
    CHECK(small::same(small::parameters(learner), small::parameters(loaded)));
}

TEST_CASE("an adapter loads the parameters alone") {
    const test::temporary_folder folder;
    const auto path = folder / "learner.safetensors";
    auto trained = small::learner(5);
    pr::save(trained, path);
    pr::adapter<float, std::remove_const_t<decltype(small::maml)>, small::learner_type::episode_type> device(
        small::maml);
    pr::load(device, path);
    CHECK(small::same(small::parameters(device), small::parameters(trained)));
    const auto task = small::tasks.draw(pr::key{3});
    CHECK(device.adapt(task.support).loss(task.query) == trained.adapt(task.support).loss(task.query));
}

TEST_CASE("a learner is written as a header of constants with its signature") {
    const test::temporary_folder folder;
    const auto path = folder / "trained.hpp";
    const auto learner = small::learner();
    pr::write_header(learner, path, "robot::policy");
    const std::string text = pr::read_file(path);
    CHECK(text.find("namespace robot::policy {") != std::string::npos);
    CHECK(text.find("inline constexpr char signature[] = \"" + std::string(pr::signature_of<small::learner_type>) +
                    "\";") != std::string::npos);
    CHECK(text.find("inline constexpr float parameters[49] = {") != std::string::npos);
}

TEST_CASE("notes are kept beside the parameters") {
    const test::temporary_folder folder;
    const auto path = folder / "noted.safetensors";
    auto learner = small::learner(7);
    pr::save(learner, path, {{"data", "sine waves"}, {"split", "none"}});
    const pr::checkpoint_notes notes = pr::read_notes(path);
    REQUIRE(notes.size() == 2);
    for (const auto& [name, text] : notes) CHECK(text == (name == "data" ? "sine waves" : "none"));
    CHECK(pr::load(learner, path).seed == 7);
    pr::save(learner, path);
    CHECK(pr::read_notes(path).empty());
}
