using System.Globalization;
using System.Text;
using CsCheck;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Rules.Engine;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Tests.Rules;

/// <summary>The back-test is the live evaluator: what it says would have fired is what did fire.</summary>
public sealed class ReplayTests
{
    private static readonly DateTimeOffset From = Judged.At("9:00");
    private static readonly DateTimeOffset To = Judged.At("23:00");

    private static readonly RuleDefinition[] Definitions =
    [
        Rules.All(Rules.Above(8)),
        Rules.All(Rules.Above(8)) with
        {
            Hold = TimeSpan.FromMinutes(3),
            Hysteresis = 1,
        },
        Rules.Silent(4),
        Rules.Average(7, minutes: 5),
        Rules.Average(7, minutes: 60) with
        {
            Hold = TimeSpan.FromMinutes(30),
        },
        Rules.All(Rules.Over(Aggregate.Count, RuleOperator.LessThan, 3)) with
        {
            Window = TimeSpan.FromMinutes(5),
        },
    ];

    private static readonly Gen<(int Gap, double Temperature)[]> Messages = Gen.Select(
        Gen.Frequency((8, Gen.Int[1, 120]), (1, Gen.Int[200, 2000])),
        Gen.Double[0, 14],
        (gap, temperature) => (gap, Math.Round(temperature, 2))
    ).Array[1, 150];

    [Fact]
    public void Live_judging_in_any_batches_is_what_the_back_test_says() =>
        Gen.Select(Gen.Int[0, Definitions.Length - 1], Messages, Gen.Int[1, 40])
            .Sample(
                (rule, sent, batch) =>
                {
                    var messages = Make(sent);

                    var live = new Judged(Definitions[rule]);
                    foreach (var together in messages.Chunk(batch))
                    {
                        foreach (var message in CommittedLog.Read(together))
                            live.Send(message);
                        // a tick after each batch, as the engine has it
                        live.Evaluator.OnClock(together[^1].Received);
                    }

                    live.Evaluator.OnClock(To);
                    live.Clock("23:00");

                    Assert.Equal(Episodes(live), Episodes(Replay(Definitions[rule], messages)));
                },
                iter: 1_000
            );

    [Fact]
    public void A_late_upload_is_judged_where_it_belongs()
    {
        var messages = Enumerable
            .Range(0, 30)
            .Select(i =>
                Make(Judged.At("10:00").AddMinutes(i), i is > 5 and < 20 ? 9 : 5, Judged.At("18:00").AddMilliseconds(i))
            )
            .ToList();

        var result = Replay(Rules.All(Rules.Above(8)) with { Hold = TimeSpan.FromMinutes(10) }, messages);

        var episode = Assert.Single(result.Episodes);
        Assert.Equal((Judged.At("10:16"), Judged.At("10:20")), (episode.From, episode.To));
        Assert.Equal(9, episode.Facts.Main!.Worst);
    }

    [Fact]
    public void It_would_have_fired_so_often_on_so_many_devices()
    {
        var replay = new Replay(Live(Rules.All(Rules.Above(8))), RuleVocabulary.None, From, To);
        var devices = Enumerable
            .Range(1, 3)
            .Select(i => Judged.Fridge with { Key = i, Id = $"f{i}", Name = $"F{i}" })
            .ToList();
        replay.Begin(devices);
        foreach (var (key, value) in new[] { (1, 9.0), (2, 5.0), (1, 5.0), (3, 9.0), (1, 9.5) })
            replay.Add(Make(Judged.At("10:00").AddMinutes(replay.Messages), value, null, key));
        replay.End();

        var result = replay.Result(devices, wanted: null);

        Assert.Equal((3, 2, false, 5L), (result.FiredTimes, result.FiredDevices, result.IsSample, result.Messages));
        Assert.Equal(["F1", "F3", "F2"], result.Candidates.Select(c => c.Name));
        Assert.Equal([9, 5, 9.5], result.Series!.Points.Select(p => p.Value));
        Assert.Equal(8, result.Series.Limit);
    }

    [Fact]
    public void The_chart_of_an_aggregate_has_one_value_a_window_and_the_devices_own_limit()
    {
        var condition = Rules.Over(Aggregate.Average, RuleOperator.GreaterThan, 0) with
        {
            Value = null,
            LimitProperty = "maxTemperature",
        };
        var device = Judged.Fridge with { Properties = Judged.Of((PropertySource.Cloud, "maxTemperature", "6.5")) };
        var definition = Rules.All(condition) with { Window = TimeSpan.FromMinutes(10) };
        var replay = new Replay(Live(definition), RuleVocabulary.None, From, To);
        replay.Begin([device]);
        for (var minute = 0; minute < 35; minute++)
            replay.Add(Make(Judged.At("10:00").AddMinutes(minute), minute, null));
        replay.End();

        var series = replay.Result([device], device.Key).Series!;

        Assert.Equal(
            [(Judged.At("10:10"), 4.5), (Judged.At("10:20"), 14.5), (Judged.At("10:30"), 24.5)],
            series.Points
        );
        Assert.Equal(6.5, series.Limit);
    }

    [Fact]
    public void Devices_without_their_limit_are_counted()
    {
        var definition = Rules.All(new TelemetryCondition { Name = "temperature", LimitProperty = "maxTemperature" });
        var replay = new Replay(Live(definition), RuleVocabulary.None, From, To);
        replay.Begin([Judged.Fridge]);
        replay.End();

        Assert.Equal(1, replay.Result([Judged.Fridge], null).WithoutLimit);
    }

    [Fact]
    public void Lost_connections_of_the_past_are_judged()
    {
        var definition = Rules.All(new DisconnectedCondition { For = TimeSpan.FromMinutes(5) });
        var replay = new Replay(Live(definition), RuleVocabulary.None, From, To);
        replay.Begin([Judged.Fridge]);
        replay.Connections([
            new()
            {
                DeviceId = "fridge-1",
                At = Judged.At("10:00"),
                IsConnected = false,
            },
            new()
            {
                DeviceId = "fridge-1",
                At = Judged.At("10:20"),
                IsConnected = true,
            },
            new()
            {
                DeviceId = "fridge-1",
                At = Judged.At("12:00"),
                IsConnected = false,
            },
        ]);
        replay.End();

        var episodes = replay.Result([Judged.Fridge], null).Episodes;

        Assert.Equal(
            [(Judged.At("10:05"), Judged.At("10:20")), (Judged.At("12:05"), (DateTimeOffset?)null)],
            episodes.Select(e => (e.From, e.To))
        );
    }

    private static BackTestResult Replay(RuleDefinition definition, IReadOnlyList<DeviceMessage> messages)
    {
        var replay = new Replay(Live(definition), RuleVocabulary.None, From, To);
        replay.Begin([Judged.Fridge]);
        foreach (var message in messages)
            replay.Add(message);
        replay.End();
        return replay.Result([Judged.Fridge], null);
    }

    private static LiveRule Live(RuleDefinition definition) =>
        new(
            new()
            {
                TenantId = Judged.Fridge.TenantId,
                Id = "r",
                Name = "r",
                TemplateId = Judged.Fridge.TemplateId!,
                Definition = definition,
            },
            RuleVocabulary.None,
            TimeZoneInfo.Utc
        );

    private static List<DeviceMessage> Make((int Gap, double Temperature)[] sent)
    {
        var at = Judged.At("10:00");
        return [.. sent.Select(s => Make(at = at.AddSeconds(s.Gap), s.Temperature, null))];
    }

    private static DeviceMessage Make(
        DateTimeOffset time,
        double temperature,
        DateTimeOffset? received,
        long key = 7
    ) =>
        new()
        {
            Tenant = Judged.Fridge.TenantId,
            DeviceKey = key,
            DeviceId = Judged.Fridge.Id,
            Received = received ?? time,
            MessageTime = time,
            Body = Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $$"""{"temperature":{{temperature}}}""")
            ),
        };

    private static string Episodes(Judged judged)
    {
        var text = new StringBuilder();
        foreach (var t in judged.Transitions)
            text.Append(CultureInfo.InvariantCulture, $"{(t.IsOpen ? " " : "-")}{t.At:HH:mm:ss}");
        return text.ToString();
    }

    private static string Episodes(BackTestResult result)
    {
        var text = new StringBuilder();
        foreach (var e in result.Episodes)
            text.Append(CultureInfo.InvariantCulture, $" {e.From:HH:mm:ss}{(e.To is { } to ? $"-{to:HH:mm:ss}" : "")}");
        return text.ToString();
    }
}
