using System.Text.Json;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Simulation;
using IoTCentral.Core.Simulation.Demo;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;

namespace IoTCentral.Core.Tests.Simulation;

public sealed class DemoTests
{
    private static readonly DateTimeOffset Origin = new(2026, 11, 23, 9, 17, 30, TimeSpan.Zero);
    private static readonly DateTimeOffset Midnight = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Step = DemoContent.HistoryStep;

    [Fact]
    public void There_are_twelve_stores_with_four_devices_each()
    {
        Assert.Equal(12, DemoContent.Stores.Count);
        Assert.Equal(48, DemoContent.Devices.Select(d => d.Id).Distinct().Count());
        Assert.All(DemoContent.Devices.GroupBy(d => d.Store), s => Assert.Equal(4, s.Count()));
        Assert.Equal(3, DemoContent.Devices.Select(d => d.TemplateId).Distinct().Count());
        Assert.All(DemoContent.Devices, d => Assert.True(DeviceId.IsLegal(d.Id) && d.Name.Length <= 148));
    }

    [Fact]
    public void All_stores_are_in_Great_Britain()
    {
        Assert.All(
            DemoContent.Stores,
            s => Assert.True(s.Latitude is > 50.5 and < 56.5 && s.Longitude is > -5 and < 1)
        );
        Assert.Equal(12, DemoContent.Stores.Select(s => (s.Latitude, s.Longitude)).Distinct().Count());
    }

    [Fact]
    public void The_templates_are_legal_and_published() =>
        Assert.All(
            DemoContent.Templates,
            t =>
            {
                Assert.Empty(TemplateRules.Check(t));
                Assert.True(t.IsPublished);
                Assert.Equal(DtdlWriter.Store(t), DtdlWriter.Store(DtdlReader.Load(DtdlWriter.Store(t))));
            }
        );

    [Fact]
    public void Cloud_properties_of_devices_fit_their_template() =>
        Assert.All(
            DemoContent.Devices,
            d =>
            {
                var template = DemoContent.Templates.Single(t => t.Id == d.TemplateId);
                Assert.Equal(template.CloudProperties.Select(c => c.Name).Order(), d.CloudProperties.Keys.Order());
                foreach (var (name, value) in d.CloudProperties)
                {
                    using var json = JsonDocument.Parse(value);
                    Assert.Null(Conformance.InputFault(template.Find("", name)!, json.RootElement));
                }
            }
        );

    [Fact]
    public void Every_message_and_reported_property_fits_its_template() =>
        Assert.All(
            DemoContent.Devices,
            d =>
            {
                var (template, device) = Simulate(d);
                foreach (var message in device.Between(Origin.AddDays(-1), Origin, TimeSpan.FromMinutes(30)))
                    SimulatedDeviceTests.AssertFits(template, message.Component, message.Body);
                SimulatedDeviceTests.AssertReported(template, device.Reported);
            }
        );

    [Fact]
    public void Cabinets_pass_their_limit_in_the_scripted_episodes_and_never_else()
    {
        var passed = new HashSet<string>();
        foreach (var d in DemoContent.Devices.Where(d => d.CloudProperties.ContainsKey("temperatureLimit")))
        {
            var limit = double.Parse(
                d.CloudProperties["temperatureLimit"],
                System.Globalization.CultureInfo.InvariantCulture
            );
            var (_, device) = Simulate(d);
            foreach (
                var message in device
                    .Between(Origin - DemoContent.History, Origin, Step)
                    .Where(m => m.Component.Length == 0)
            )
                if (Temperature(message) > limit)
                {
                    passed.Add(d.Id);
                    Assert.Contains(
                        DemoScript.History(Origin),
                        e => e.DeviceId == d.Id && message.Time >= e.Episode.Start && message.Time < e.Episode.Over
                    );
                }
        }

        Assert.Equal(
            ["brighton-fridge-1", "bristol-fridge-2", "glasgow-freezer", "manchester-fridge-1"],
            passed.Order()
        );
    }

    [Fact]
    public void One_device_was_silent_for_half_an_hour()
    {
        var (_, device) = Simulate(DemoContent.Devices.Single(d => d.Id == "cardiff-fridge-2"));

        var times = device.Between(Origin - DemoContent.History, Origin, Step).Select(m => m.Time).Distinct().ToList();

        Assert.Equal(TimeSpan.FromMinutes(32), times.Zip(times.Skip(1)).Max(p => p.Second - p.First));
    }

    [Theory]
    [InlineData("2026-11-23T09:17:30Z")]
    [InlineData("2026-11-23T03:00:00Z")]
    [InlineData("2026-11-23T00:10:00Z")]
    [InlineData("2026-07-06T04:20:00Z")]
    [InlineData("2026-03-29T02:30:00Z")]
    [InlineData("2026-10-25T23:59:00Z")]
    public void Last_nights_failure_is_over_whenever_the_application_is_made(string made)
    {
        var origin = DateTimeOffset.Parse(made, System.Globalization.CultureInfo.InvariantCulture);

        var history = DemoScript.History(origin);

        var night = history.Single(e => e.DeviceId == "manchester-fridge-1").Episode;
        Assert.InRange(origin - night.End, TimeSpan.Zero, TimeSpan.FromHours(28));
        Assert.Equal(history.Select(e => e.Episode.Start).Order(), history.Select(e => e.Episode.Start));
        Assert.All(history.SkipLast(1), e => Assert.InRange(e.Episode.Start, origin - DemoContent.History, origin));
    }

    [Fact]
    public void A_cabinet_begins_to_fail_minutes_after_the_start_and_passes_its_limit_soon()
    {
        var (_, device) = Simulate(DemoContent.Devices.Single(d => d.Id == "london-fridge-1"));

        var live = device.Between(Origin, Origin.AddMinutes(40)).Where(m => m.Component.Length == 0).ToList();

        Assert.True(Temperature(live[0]) < 6);
        var passed = live.First(m => Temperature(m) > 8).Time - Origin;
        Assert.InRange(passed, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(20));
        Assert.Contains(
            "\"state\":\"failed\"",
            Text(device.At(Origin.AddMinutes(4)).Single(m => m.Component == "compressor")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Later_on_one_cabinet_or_another_fails_every_hour_and_a_half()
    {
        var from = Origin.AddHours(2);
        var failures = DemoContent
            .Devices.SelectMany(d => DemoScript.For(d.Id, Origin).Between(from, from.AddDays(3)))
            .Where(e => e.Start >= from)
            .ToList();

        Assert.Equal(48, failures.Count, 2.0);
        Assert.Contains(failures, e => e.Cause == DemoScript.CompressorFailure);
        Assert.Contains(failures, e => e.Cause == DemoScript.DoorLeftOpen);
    }

    [Fact]
    public void Doors_are_opened_by_day_and_hardly_by_night()
    {
        var (_, device) = Simulate(DemoContent.Devices[0]);
        int Open(int fromHour, int toHour) =>
            device
                .Between(Midnight.AddHours(fromHour), Midnight.AddHours(toHour))
                .Count(m => Text(m).Contains("\"open\"", StringComparison.Ordinal));

        Assert.True(Open(-15, -3) > 10 * Math.Max(1, Open(0, 5)));
    }

    [Fact]
    public void Power_goes_with_the_compressor()
    {
        var (_, device) = Simulate(DemoContent.Devices[0]);

        foreach (var message in device.Between(Origin.AddHours(-3), Origin).Where(m => m.Component == "compressor"))
        {
            using var json = JsonDocument.Parse(message.Body);
            var power = json.RootElement.GetProperty("power").GetDouble();
            Assert.Equal(json.RootElement.GetProperty("state").GetString() == "running", power > 200);
        }
    }

    [Fact]
    public void A_refrigerator_that_somebody_adds_behaves_like_the_others()
    {
        var settings = DemoSimulation.Settings(DemoContent.Refrigerator, "my-own", Origin);

        var device = new SimulatedDevice(
            DemoContent.Refrigerator,
            "my-own",
            settings with
            {
                Episodes = EpisodePlan.None,
            }
        );

        Assert.All(
            device.Between(Origin, Origin.AddHours(2)).Where(m => m.Component.Length == 0),
            m => Assert.InRange(Temperature(m), 1, 7)
        );
    }

    private static (DeviceTemplate, SimulatedDevice) Simulate(DemoDevice device)
    {
        var template = DemoContent.Templates.Single(t => t.Id == device.TemplateId);
        return (
            template,
            new SimulatedDevice(template, device.Id, DemoSimulation.Settings(template, device.Id, Origin))
        );
    }

    private static double Temperature(SimulatedMessage message) =>
        SimulatedDeviceTests.Numbers([message])["temperature"][0];

    private static string Text(SimulatedMessage message) => System.Text.Encoding.UTF8.GetString(message.Body.Span);
}
