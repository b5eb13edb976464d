using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.LiveTelemetry;

namespace IoTCentral.Web.Tests.LiveTelemetry;

public sealed class FrameMakerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Latest_is_the_newest_of_each_telemetry_by_its_time()
    {
        var frame = new FrameMaker(new FollowRequest());

        frame.Add([Message(1, "t", 1, 0), Message(1, "t", 3, 2), Message(1, "t", 2, 1), Message(2, "t", 9, 0)]);

        Assert.Equal(["1 t 3", "2 t 9"], Shown(frame));
        Assert.Empty(Shown(frame));
    }

    [Fact]
    public void All_is_each_value_in_the_order_it_came()
    {
        var frame = new FrameMaker(new FollowRequest { Mode = FollowMode.All });

        frame.Add([Message(1, "t", 1, 0), Message(1, "t", 3, 2), Message(1, "t", 2, 1)]);

        Assert.Equal(["1 t 1", "1 t 3", "1 t 2"], Shown(frame));
    }

    [Fact]
    public void Only_what_is_wanted_and_what_is_news_comes()
    {
        var frame = new FrameMaker(
            new FollowRequest { Telemetry = [new("pump", "t"), new(null, "p")], Mode = FollowMode.All }
        );

        frame.Add([
            Message(1, "t", 1, 0),
            Message(1, "t", 2, 0, component: "pump"),
            Message(1, "p", 3, 0),
            Message(1, "p", 4, 0, flags: MessageFlags.Repeat),
            Message(1, "p", 5, 0, flags: MessageFlags.ClockAhead),
        ]);

        Assert.Equal(["1 t 2", "1 p 3"], Shown(frame));
    }

    [Theory]
    [InlineData(FollowMode.All)]
    [InlineData(FollowMode.Latest)]
    public void A_reader_that_never_reads_costs_no_more_than_its_bound_and_keeps_the_newest(FollowMode mode)
    {
        var frame = new FrameMaker(new FollowRequest { Mode = mode });
        const int More = 1_234;

        for (var i = 0; i < FrameMaker.MostSamples + More; i++)
            frame.Add([Message(i, "t", i, 0)]);
        var taken = frame.Take(dropped: 5);

        Assert.Equal(FrameMaker.MostSamples, taken.Samples.Count);
        Assert.Equal(More + 5, taken.Dropped);
        Assert.Equal((double)(FrameMaker.MostSamples + More - 1), taken.Samples[^1].Value);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(60_001)]
    public void What_cannot_be_followed_is_said(int every)
    {
        Assert.NotNull(new FollowRequest { Every = every }.Fault());
        Assert.NotNull(new FollowRequest { Devices = [""] }.Fault());
        Assert.NotNull(new FollowRequest { Telemetry = [new("", "")] }.Fault());
        Assert.NotNull(new FollowRequest { Devices = [.. Enumerable.Repeat("a", 1_001)] }.Fault());
        Assert.Null(new FollowRequest { Devices = ["a"], Telemetry = [new(null, "t")] }.Fault());
    }

    private static IEnumerable<string> Shown(FrameMaker frame) =>
        frame.Take(0).Samples.Select(s => FormattableString.Invariant($"{s.Device} {s.Name} {s.Value}"));

    private static CommittedMessage Message(
        long device,
        string name,
        double value,
        int second,
        string component = "",
        MessageFlags flags = MessageFlags.None
    ) =>
        new(
            new DeviceMessage
            {
                Tenant = new TenantId(1),
                DeviceKey = device,
                DeviceId = $"{device}",
                Received = Noon,
                MessageTime = Noon.AddSeconds(second),
                Component = component,
                Body = default,
                Flags = flags,
            },
            [Point.Of(name, value)]
        );
}
