using System.Text;
using System.Text.Json;
using CsCheck;
using IoTCentral.Core.Simulation;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tests.Templates;

namespace IoTCentral.Core.Tests.Simulation;

public sealed class SimulatedDeviceTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 16, 0, 0, 0, TimeSpan.Zero);
    private static readonly SimulationSettings Calm = new()
    {
        Episodes = EpisodePlan.None,
        Interval = TimeSpan.FromMinutes(1),
    };

    private static readonly DeviceTemplate Room = Models.With(
        """
        { "@type": ["Telemetry", "Temperature"], "name": "temperature", "schema": "double", "unit": "degreeCelsius" },
        { "@type": ["Telemetry", "Energy"], "name": "energy", "schema": "double", "unit": "kilowattHour" },
        { "@type": ["Telemetry", "State"], "name": "mode", "schema": { "@type": "Enum", "valueSchema": "string", "enumValues": [
          { "name": "normal", "enumValue": "normal" }, { "name": "failed", "enumValue": "failed" } ] } },
        { "@type": ["Telemetry", "Event"], "name": "alarm", "schema": "string" },
        { "@type": "Component", "name": "fan", "schema": { "@id": "dtmi:c:Fan;1", "@type": "Interface", "contents": [
          { "@type": ["Telemetry", "AngularVelocity"], "name": "speed", "schema": "integer", "unit": "revolutionPerMinute" } ] } }
        """
    );

    [Fact]
    public void History_is_what_live_generation_gave()
    {
        var live = new SimulatedDevice(Room, "room-1", new SimulationSettings { Interval = TimeSpan.FromSeconds(10) });
        var lived = new List<string>();
        for (var time = live.NextAfter(Start); time < Start.AddHours(3); time = live.NextAfter(time))
            lived.AddRange(live.At(time).Select(Show));

        var later = new SimulatedDevice(Room, "room-1", new SimulationSettings { Interval = TimeSpan.FromSeconds(10) });
        _ = later.Between(Start.AddDays(-2), Start.AddDays(-1)).ToList();

        Assert.Equal(lived, later.Between(Start, Start.AddHours(3)).Select(Show));
    }

    [Fact]
    public void A_coarser_step_gives_some_of_the_same_messages()
    {
        var template = Room.Remove(new("", "alarm"));
        var device = new SimulatedDevice(template, "room-1", Calm);

        var all = device.Between(Start, Start.AddDays(1)).Select(Show).ToHashSet();
        var some = device.Between(Start, Start.AddDays(1), TimeSpan.FromMinutes(5)).Select(Show).ToList();

        Assert.Subset(all, some.ToHashSet());
        Assert.Equal(all.Count / 5, some.Count);
    }

    [Fact]
    public void Devices_and_applications_differ()
    {
        string First(string id, ulong seed) =>
            Show(new SimulatedDevice(Room, id, Calm with { Seed = seed }).Between(Start, Start.AddHours(1)).First());

        Assert.Equal(3, new[] { First("a", 1), First("b", 1), First("a", 2) }.Distinct().Count());
    }

    [Fact]
    public void Each_component_has_a_message_of_its_own()
    {
        var device = new SimulatedDevice(Room, "room-1", Calm);

        Assert.Equal(["", "fan"], device.At(device.NextAfter(Start)).Select(m => m.Component));
    }

    [Fact]
    public void Messages_are_due_once_an_interval_each_device_at_its_own_second()
    {
        var times = new SimulatedDevice(Room, "room-1", Calm)
            .Between(Start, Start.AddHours(1))
            .Select(m => m.Time)
            .Distinct()
            .ToList();
        var others = Enumerable
            .Range(0, 50)
            .Select(i => new SimulatedDevice(Room, $"room-{i}", Calm).NextAfter(Start))
            .Distinct();

        Assert.Equal(60, times.Count);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(TimeSpan.FromMinutes(1), pair.Second - pair.First));
        Assert.True(others.Count() > 40);
    }

    [Fact]
    public void The_next_time_is_always_later_and_at_most_an_interval_away() =>
        Gen.Select(Gen.Long[-3_000_000_000_000, 3_000_000_000_000], Gen.Int[1, 600_000], Gen.Int[0, 50])
            .Sample(
                (ms, interval, id) =>
                {
                    var device = new SimulatedDevice(
                        Room,
                        $"d{id}",
                        Calm with
                        {
                            Interval = TimeSpan.FromMilliseconds(interval),
                        }
                    );
                    var time = DateTimeOffset.FromUnixTimeMilliseconds(ms);
                    var next = device.NextAfter(time);
                    return next > time
                        && next - time <= device.Interval
                        && device.NextAfter(next) - next == device.Interval;
                },
                iter: 300
            );

    [Fact]
    public void Any_templates_device_sends_what_the_template_says() =>
        TemplateGen.Any.Sample(
            template =>
            {
                var device = new SimulatedDevice(
                    template,
                    "any",
                    new SimulationSettings { Interval = TimeSpan.FromHours(1) }
                );
                foreach (var message in device.Between(Start, Start.AddDays(3)))
                    AssertFits(template, message.Component, message.Body);
                AssertReported(template, device.Reported);
            },
            iter: 100
        );

    [Fact]
    public void Limits_are_kept_while_nothing_is_wrong()
    {
        var template = Models.With(
            """
            { "@type": ["Telemetry", "Temperature"], "name": "cold", "schema": "double", "unit": "degreeCelsius", "minValue": -30, "maxValue": -10 },
            { "@type": ["Telemetry", "Temperature"], "name": "warm", "schema": "double", "unit": "degreeFahrenheit", "minValue": 60, "maxValue": 80, "decimalPlaces": 1 },
            { "@type": "Telemetry", "name": "level", "schema": "integer", "minValue": 3, "maxValue": 9 }
            """
        );
        var values = Numbers(
            new SimulatedDevice(template, "x", Calm).Between(Start, Start.AddDays(7), TimeSpan.FromMinutes(30))
        );

        Assert.All(values["cold"], v => Assert.InRange(v, -30, -10));
        Assert.All(values["warm"], v => Assert.InRange(v, 60, 80));
        Assert.All(values["level"], v => Assert.InRange(v, 3, 9));
        Assert.All(values["level"], v => Assert.Equal(Math.Floor(v), v));
        Assert.All(values["warm"], v => Assert.Equal(Math.Round(v, 1), v));
        Assert.True(values["warm"].Distinct().Count() > 20);
    }

    [Theory]
    [InlineData("Temperature", "degreeCelsius", 14, 28)]
    [InlineData("Temperature", "kelvin", 287, 301)]
    [InlineData("RelativeHumidity", "percent", 15, 75)]
    [InlineData("Pressure", "bar", 0.98, 1.05)]
    [InlineData("Voltage", "volt", 220, 240)]
    [InlineData("Power", "kilowatt", 0, 0.7)]
    [InlineData("Frequency", "hertz", 49.5, 50.5)]
    [InlineData("SoundPressure", "decibel", 20, 70)]
    public void Values_are_plausible_for_their_quantity(string type, string unit, double min, double max)
    {
        var template = Models.With(
            $$"""{ "@type": ["Telemetry", "{{type}}"], "name": "x", "schema": "double", "unit": "{{unit}}" }"""
        );

        var values = Numbers(
            new SimulatedDevice(template, "x", Calm).Between(Start, Start.AddDays(14), TimeSpan.FromMinutes(60))
        )["x"];

        Assert.All(values, v => Assert.InRange(v, min, max));
        Assert.True(values.Max() > values.Min());
    }

    [Fact]
    public void A_counter_never_falls()
    {
        var values = Numbers(
            new SimulatedDevice(Room, "room-1", Calm).Between(Start, Start.AddDays(5), TimeSpan.FromMinutes(10))
        )["energy"];

        Assert.All(values.Zip(values.Skip(1)), pair => Assert.True(pair.Second >= pair.First));
        Assert.True(values[^1] > values[0]);
    }

    [Fact]
    public void Days_are_warmer_than_nights_where_the_device_stands()
    {
        var tokyo = Calm with { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo") };
        var device = new SimulatedDevice(Room, "room-1", tokyo);
        double Mean(int utcHour) =>
            Enumerable
                .Range(0, 20)
                .Average(d =>
                    Numbers(device.Between(Start.AddDays(d).AddHours(utcHour), Start.AddDays(d).AddHours(utcHour + 1)))[
                        "temperature"
                    ]
                        .Average()
                );

        Assert.True(Mean(6) > Mean(18) + 2);
    }

    [Fact]
    public void It_is_dark_at_night()
    {
        var template = Models.With(
            """{ "@type": ["Telemetry", "Illuminance"], "name": "light", "schema": "double", "unit": "lux" }"""
        );
        var device = new SimulatedDevice(template, "x", Calm);

        Assert.All(Numbers(device.Between(Start.AddHours(22), Start.AddHours(28)))["light"], v => Assert.Equal(0, v));
        Assert.All(Numbers(device.Between(Start.AddHours(12), Start.AddHours(14)))["light"], v => Assert.True(v > 100));
    }

    [Fact]
    public void States_stay_for_a_while_and_trouble_is_rare()
    {
        var states = new SimulatedDevice(Room, "room-1", Calm)
            .Between(Start, Start.AddDays(30), TimeSpan.FromMinutes(5))
            .Where(m => m.Component.Length == 0)
            .Select(m => Member(m, "mode")!.Value.GetString())
            .ToList();

        var changes = states.Zip(states.Skip(1)).Count(p => p.First != p.Second);
        Assert.InRange(changes, 1, 60);
        Assert.InRange(states.Count(s => s == "failed"), 1, states.Count / 20);
    }

    [Fact]
    public void Events_happen_a_few_times_a_day()
    {
        var messages = new SimulatedDevice(Room, "room-1", Calm)
            .Between(Start, Start.AddDays(20))
            .Where(m => m.Component.Length == 0)
            .ToList();

        Assert.InRange(messages.Count(m => Member(m, "alarm") is not null), 20, 60);
    }

    [Fact]
    public void A_place_stays_near_home()
    {
        var template = Models.With("""{ "@type": ["Telemetry", "Location"], "name": "place", "schema": "geopoint" }""");
        var device = new SimulatedDevice(template, "x", Calm with { Home = (55.95, -3.2) });

        Assert.All(
            device.Between(Start, Start.AddDays(1), TimeSpan.FromMinutes(30)).Select(m => Member(m, "place")!.Value),
            p =>
            {
                Assert.InRange(p.GetProperty("lat").GetDouble(), 55.94, 55.96);
                Assert.InRange(p.GetProperty("lon").GetDouble(), -3.21, -3.19);
            }
        );
    }

    [Fact]
    public void A_device_without_telemetry_sends_nothing()
    {
        var device = new SimulatedDevice(
            Models.With("""{ "@type": "Property", "name": "p", "schema": "string" }"""),
            "x",
            Calm
        );

        Assert.Empty(device.Between(Start, Start.AddHours(1)));
    }

    [Fact]
    public void Reported_properties_are_marked_as_plug_and_play_wants()
    {
        var template = Models.With(
            """
            { "@type": "Property", "name": "serialNumber", "schema": "string" },
            { "@type": "Property", "name": "target", "schema": "double", "writable": true, "initialValue": 21.5 },
            { "@type": ["Property", "Cloud"], "name": "owner", "schema": "string" },
            { "@type": "Component", "name": "fan", "schema": { "@id": "dtmi:c:Fan;1", "@type": "Interface", "contents": [ { "@type": "Property", "name": "model", "schema": "string" } ] } }
            """
        );
        var settings = Calm with
        {
            Properties = new Dictionary<CapabilityPath, string> { [new("fan", "model")] = "\"F-1\"" },
        };

        var reported = JsonDocument.Parse(new SimulatedDevice(template, "x", settings).Reported).RootElement;

        Assert.StartsWith("SN-", reported.GetProperty("serialNumber").GetString(), StringComparison.Ordinal);
        Assert.Equal("""{"value":21.5,"ac":203,"av":0}""", reported.GetProperty("target").GetRawText());
        Assert.Equal("""{"__t":"c","model":"F-1"}""", reported.GetProperty("fan").GetRawText());
        Assert.False(reported.TryGetProperty("owner", out _));
    }

    internal static void AssertFits(DeviceTemplate template, string component, ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        foreach (var member in json.RootElement.EnumerateObject())
        {
            var capability = template.Find(component, member.Name)!;
            Assert.Equal(CapabilityKind.Telemetry, capability.Kind);
            Assert.Null(Conformance.Misfit(capability.Schema!, member.Value));
        }
    }

    internal static void AssertReported(DeviceTemplate template, ReadOnlyMemory<byte> reported)
    {
        using var json = JsonDocument.Parse(reported);
        foreach (var property in template.Capabilities.Where(c => c.Kind == CapabilityKind.Property && !c.IsCloud))
        {
            var owner =
                property.Component.Length == 0 ? json.RootElement : json.RootElement.GetProperty(property.Component);
            var value = owner.GetProperty(property.Name);
            Assert.Null(Conformance.Misfit(property.Schema!, property.IsWritable ? value.GetProperty("value") : value));
        }
    }

    internal static Dictionary<string, List<double>> Numbers(IEnumerable<SimulatedMessage> messages)
    {
        var numbers = new Dictionary<string, List<double>>();
        foreach (var message in messages)
        {
            using var json = JsonDocument.Parse(message.Body);
            foreach (
                var member in json.RootElement.EnumerateObject().Where(m => m.Value.ValueKind == JsonValueKind.Number)
            )
            {
                if (!numbers.TryGetValue(member.Name, out var list))
                    numbers[member.Name] = list = [];
                list.Add(member.Value.GetDouble());
            }
        }

        return numbers;
    }

    private static JsonElement? Member(SimulatedMessage message, string name) =>
        JsonDocument.Parse(message.Body).RootElement.TryGetProperty(name, out var value) ? value : null;

    private static string Show(SimulatedMessage message) =>
        $"{message.Time:O} {message.Component} {Encoding.UTF8.GetString(message.Body.Span)}";
}
