using System.Net;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Provisioning;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Core.Tests.Provisioning;

public sealed class WrongKeysTests
{
    private static readonly IPAddress Here = IPAddress.Parse("10.0.0.1");

    private readonly FakeTimeProvider _clock = new();
    private readonly WrongKeys _wrongKeys;

    public WrongKeysTests() => _wrongKeys = new WrongKeys(new LimitOptions { WrongKeysPerMinute = 10 }, _clock);

    [Fact]
    public void After_a_minutes_allowance_each_attempt_waits_for_its_turn_and_more_are_refused()
    {
        var waits = Enumerable.Range(0, 13).Select(_ => _wrongKeys.Reserve("pump", Here)?.TotalSeconds).ToList();

        Assert.All(waits.Take(10), w => Assert.Equal(0, w));
        Assert.Equal(6, waits[10]!.Value, tolerance: 0.01);
        Assert.Null(waits[11]); // 12 s are longer than a device should be kept waiting
    }

    [Fact]
    public void Time_gives_attempts_back()
    {
        for (var i = 0; i < 10; i++)
            _wrongKeys.Reserve("pump", Here);

        _clock.Advance(TimeSpan.FromSeconds(6.1));

        Assert.Equal(TimeSpan.Zero, _wrongKeys.Reserve("pump", Here));
        Assert.NotEqual(TimeSpan.Zero, _wrongKeys.Reserve("pump", Here));
    }

    [Fact]
    public void A_right_key_costs_nothing()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(TimeSpan.Zero, _wrongKeys.Reserve("pump", Here));
            _wrongKeys.GiveBack("pump", Here);
        }
    }

    [Fact]
    public void Neighbours_behind_the_same_address_and_the_same_device_elsewhere_are_not_slowed()
    {
        for (var i = 0; i < 20; i++)
            _wrongKeys.Reserve("pump", Here);

        Assert.Equal(TimeSpan.Zero, _wrongKeys.Reserve("fridge", Here));
        Assert.Equal(TimeSpan.Zero, _wrongKeys.Reserve("pump", IPAddress.Parse("10.0.0.2")));
    }

    [Fact]
    public void Zero_means_no_limit()
    {
        var none = new WrongKeys(new LimitOptions { WrongKeysPerMinute = 0 }, _clock);

        Assert.All(Enumerable.Range(0, 1000), _ => Assert.Equal(TimeSpan.Zero, none.Reserve("pump", Here)));
    }
}
