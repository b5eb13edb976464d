using IoTCentral.Core.Simulation;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tests.Templates;

namespace IoTCentral.Core.Tests.Simulation;

public sealed class EpisodeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 16, 12, 0, 0, TimeSpan.Zero);
    private static readonly CapabilityPath Path = new("", "t");
    private static readonly DeviceTemplate Template = Models.With(
        """
        { "@type": ["Telemetry", "Temperature"], "name": "t", "schema": "double", "unit": "degreeCelsius" },
        { "@type": ["Telemetry", "State"], "name": "s", "schema": { "@type": "Enum", "valueSchema": "integer", "enumValues": [ { "name": "fine", "enumValue": 1 } , { "name": "failed", "enumValue": 2 } ] } }
        """
    );

    private static readonly Episode Failure = new("failure", Noon, TimeSpan.FromMinutes(60))
    {
        Effects =
        [
            new Effect(Path)
            {
                Target = 100,
                Onset = TimeSpan.FromMinutes(20),
                Recovery = TimeSpan.FromMinutes(10),
            },
            new Effect(new("", "s")) { State = "2" },
        ],
    };

    [Theory]
    [InlineData(-1, 15, 27)]
    [InlineData(20, 62, 78)]
    [InlineData(59, 90, 99)]
    [InlineData(70, 40, 60)]
    [InlineData(111, 15, 28)]
    public void A_value_climbs_while_it_lasts_and_comes_back(int minute, double min, double max) =>
        Assert.InRange(At(Noon.AddMinutes(minute)), min, max);

    [Theory]
    [InlineData(-1, "1")]
    [InlineData(0, "2")]
    [InlineData(59, "2")]
    [InlineData(60, "1")]
    public void A_state_is_forced_while_it_lasts(int minute, string state)
    {
        var settings = With(Failure) with
        {
            States = new Dictionary<CapabilityPath, StateProfile> { [new("", "s")] = new CycleStates("1", "1") },
        };
        var message = new SimulatedDevice(Template, "x", settings).At(Noon.AddMinutes(minute)).Single();

        Assert.Contains(
            $"\"s\":{state}",
            System.Text.Encoding.UTF8.GetString(message.Body.Span),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_aftermath_begins_when_the_episode_ends()
    {
        var pull = new Episode("x", Noon, TimeSpan.FromMinutes(30))
        {
            Effects = [new Effect(Path) { Target = -50, Afterwards = TimeSpan.FromMinutes(15) }],
        };

        double Value(int minute) =>
            SimulatedDeviceTests.Numbers(new SimulatedDevice(Template, "x", With(pull)).At(Noon.AddMinutes(minute)))[
                "t"
            ][0];
        Assert.True(Value(29) > 10);
        Assert.Equal(-50, Value(31));
        Assert.Equal(-50, Value(44));
        Assert.True(Value(46) > 10);
    }

    [Fact]
    public void A_silent_device_sends_nothing()
    {
        var silence = new Episode("lost", Noon, TimeSpan.FromMinutes(30)) { IsSilent = true };
        var device = new SimulatedDevice(Template, "x", With(silence) with { Interval = TimeSpan.FromMinutes(1) });

        var times = device.Between(Noon.AddHours(-1), Noon.AddHours(1)).Select(m => m.Time).ToList();

        Assert.Equal(90, times.Count);
        Assert.DoesNotContain(times, silence.IsOn);
        Assert.True(device.IsSilent(Noon.AddMinutes(10)));
        Assert.False(device.IsSilent(Noon.AddMinutes(30)));
    }

    [Fact]
    public void Something_goes_wrong_now_and_then_with_a_device_nobody_wrote_a_script_for()
    {
        var device = new SimulatedDevice(Template, "x", new SimulationSettings { Interval = TimeSpan.FromMinutes(5) });
        var hours = Enumerable.Range(0, 24 * 60 * 12).Select(i => Noon.AddMinutes(5 * i)).ToList();

        var causes = hours.SelectMany(device.EpisodesAt).Select(e => (e.Cause, e.Start)).Distinct().ToList();

        Assert.InRange(causes.Count, 8, 30);
        Assert.Contains(causes, c => c.Cause == "connection lost");
        Assert.Contains(causes, c => c.Cause == "t out of range");
    }

    [Fact]
    public void An_excursion_leaves_the_usual_range_and_returns()
    {
        var device = new SimulatedDevice(Template, "x", new SimulationSettings { Interval = TimeSpan.FromMinutes(5) });
        var excursion = Enumerable
            .Range(0, 60 * 24)
            .SelectMany(h => device.EpisodesAt(Noon.AddHours(h)))
            .First(e => !e.IsSilent);

        double Value(DateTimeOffset time) => SimulatedDeviceTests.Numbers(device.At(time))["t"][0];
        Assert.NotInRange(Value(excursion.End.AddSeconds(-1)), 15, 27);
        Assert.InRange(Value(excursion.Over), 14, 28);
    }

    [Fact]
    public void A_plan_tells_the_same_whatever_range_is_asked_for()
    {
        var plan = new EpisodePlan(
            [Failure],
            TimeSpan.FromHours(1),
            slot =>
                [
                    new Episode(
                        $"{slot}",
                        DateTimeOffset.UnixEpoch.AddHours(slot).AddMinutes(10),
                        TimeSpan.FromMinutes(100)
                    ),
                ]
        );

        var wide = plan.Between(Noon, Noon.AddHours(6)).Select(e => e.Cause).ToHashSet();
        var narrow = Enumerable
            .Range(0, 360)
            .SelectMany(m => plan.Between(Noon.AddMinutes(m), Noon.AddMinutes(m + 1)))
            .Select(e => e.Cause)
            .ToHashSet();

        Assert.Equal(wide, narrow);
    }

    private static SimulationSettings With(Episode episode) =>
        new() { Episodes = new EpisodePlan([episode], TimeSpan.FromDays(1), null) };

    private static double At(DateTimeOffset time) =>
        SimulatedDeviceTests.Numbers(new SimulatedDevice(Template, "x", With(Failure)).At(time))["t"][0];
}
