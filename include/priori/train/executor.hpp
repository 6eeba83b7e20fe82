// SPDX-License-Identifier: BSL-1.0
// Executor: who computes the tasks of a meta-batch; serial: the calling thread; threads: a small pool.
#pragma once

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

namespace priori {

namespace detail {

struct any_work {
    void operator()(std::size_t, std::size_t) const noexcept {}
};

}  // namespace detail

// Meaning: runs pieces of work that do not depend on each other, and returns when all are done.
// Requirements:
//   workers()       how many run at once, at least 1
//   run(count, f)   calls f(worker, i) once for every i < count, worker < workers(), never twice at once for one worker
// Laws: what f writes is seen by the caller after run; run allocates nothing; which worker has piece i depends on i,
// count and workers() alone. f throws nothing.
// Models: serial, threads. Not a model: std::async for every piece, which allocates.
template <class E>
concept Executor = requires(E& executor, std::size_t count, detail::any_work work) {
    { executor.workers() } -> std::convertible_to<std::size_t>;
    executor.run(count, work);
};

struct serial {
    static constexpr std::size_t workers() noexcept { return 1; }

    template <class F>
    void run(std::size_t count, F&& f) const noexcept {
        for (std::size_t i = 0; i < count; ++i) f(std::size_t{0}, i);
    }
};

// The calling thread and `workers - 1` others, each with the same contiguous share of the pieces every time. The others
// have the stack that the system gives: convolutions of 64 channels take 1 MiB of it (simd/winograd.hpp), which is more
// than macOS and musl give unless told.
// Cost: about a microsecond a run while the others are awake; they sleep when nothing came for some
// milliseconds.
// Throws: std::system_error from the constructor when a thread cannot be started.
class threads {
public:
    explicit threads(std::size_t workers) : workers_(std::max<std::size_t>(workers, 1)) {
        others_.reserve(workers_ - 1);
        try {
            for (std::size_t w = 1; w < workers_; ++w) others_.emplace_back([this, w] { serve(w); });
        } catch (...) {
            dismiss();
            throw;
        }
    }
    threads(const threads&) = delete;
    threads& operator=(const threads&) = delete;
    ~threads() { dismiss(); }

    std::size_t workers() const noexcept { return workers_; }

    template <class F>
    void run(std::size_t count, F&& f) noexcept {
        if (workers_ == 1 || count <= 1) {
            for (std::size_t i = 0; i < count; ++i) f(std::size_t{0}, i);
            return;
        }
        count_ = count;
        work_ = std::addressof(f);
        share_ = [](threads& pool, std::size_t worker) noexcept {
            auto& call = *static_cast<std::remove_reference_t<F>*>(pool.work_);
            const std::size_t last = pool.count_ * (worker + 1) / pool.workers_;
            for (std::size_t i = pool.count_ * worker / pool.workers_; i < last; ++i) call(worker, i);
        };
        busy_.store(static_cast<std::uint32_t>(workers_ - 1), std::memory_order_relaxed);
        announce();
        share_(*this, 0);
        for (std::uint32_t left = await_change(busy_, 0, true); left != 0; left = await_change(busy_, 0, true)) {
        }
    }

private:
    using share_function = void (*)(threads&, std::size_t) noexcept;
    // Looks before a thread goes to sleep: some milliseconds, for to be woken takes fifty microseconds, and a whole
    // meta-batch of a small model less than two hundred. After the first of them, some ten microseconds, it lets others
    // have the core between two looks: those may be the very threads that it waits for.
    static constexpr int patience = 1 << 14, alone = 1 << 10;

    // Leaves the core to whoever shares it, for about ten nanoseconds.
    static void rest() noexcept {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        asm volatile("isb" ::: "memory");
#endif
    }

    // Looks until the value is (or is no longer) `value`; after a while sleeps until it changed. Returns what it saw.
    static std::uint32_t await_change(std::atomic<std::uint32_t>& what, std::uint32_t value, bool wanted) noexcept {
        std::uint32_t seen = what.load(std::memory_order_acquire);
        for (int i = 0; i < patience && (seen == value) != wanted; ++i) {
            i < alone ? rest() : std::this_thread::yield();
            seen = what.load(std::memory_order_acquire);
        }
        if ((seen == value) != wanted) {
            what.wait(seen, std::memory_order_acquire);
            seen = what.load(std::memory_order_acquire);
        }
        return seen;
    }

    void announce() noexcept {
        round_.fetch_add(1, std::memory_order_release);
        round_.notify_all();
    }

    void serve(std::size_t worker) noexcept {
        for (std::uint32_t seen = 0;;) {
            std::uint32_t now = seen;
            while (now == seen) now = await_change(round_, seen, false);
            seen = now;
            if (share_ == nullptr) return;
            share_(*this, worker);
            if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
        }
    }

    void dismiss() noexcept {
        share_ = nullptr;
        announce();
    }

    std::size_t workers_;
    std::size_t count_ = 0;
    void* work_ = nullptr;
    share_function share_ = nullptr;
    alignas(64) std::atomic<std::uint32_t> round_{0};
    alignas(64) std::atomic<std::uint32_t> busy_{0};
    std::vector<std::jthread> others_;  // last: joined before the rest goes
};

static_assert(Executor<serial> && Executor<threads>);

}  // namespace priori
