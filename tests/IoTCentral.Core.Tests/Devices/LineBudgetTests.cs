using IoTCentral.Core.Devices;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Core.Tests.Devices;

public sealed class LineBudgetTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly LineBudget<string> _budget;

    public LineBudgetTests() => _budget = new LineBudget<string>(_clock, burst: 3, perMinute: 6);

    [Fact]
    public void A_burst_is_taken_then_the_rate_and_what_was_left_out_is_told()
    {
        Assert.True(Take(4)[..3].All(t => t.Taken));
        Take(4);

        _clock.Advance(TimeSpan.FromSeconds(10));
        var next = Take(2);

        Assert.Equal([(true, 5), (false, 0)], next);
    }

    [Fact]
    public void Each_key_has_its_own_budget()
    {
        Take(10);

        Assert.True(_budget.Take("other", out _));
    }

    [Fact]
    public void A_hundred_thousand_keys_do_not_pile_up()
    {
        for (var i = 0; i < 100_000; i++)
            Assert.True(_budget.Take($"key {i}", out _));
    }

    private List<(bool Taken, int LeftOut)> Take(int times) =>
        [.. Enumerable.Range(0, times).Select(_ => (_budget.Take("key", out var leftOut), leftOut))];
}
