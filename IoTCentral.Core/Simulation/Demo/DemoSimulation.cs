using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Simulation.Demo;

/// <summary>How the devices of the demo's templates behave.</summary>
public static class DemoSimulation
{
    private static readonly CapabilityPath CompressorState = new("compressor", "state");

    /// <summary>True for the demo's templates, in any version.</summary>
    public static bool IsDemo(DeviceTemplate template) => DemoContent.Templates.Any(t => t.Family == template.Family);

    /// <summary>Settings for a device of one of the demo's templates, also for one that somebody added.</summary>
    /// <param name="origin">When the application was made: the script of failures is told from there.</param>
    public static SimulationSettings Settings(
        DeviceTemplate template,
        string deviceId,
        DateTimeOffset origin,
        ulong seed = 0
    )
    {
        var device = DemoContent.Devices.FirstOrDefault(d => d.Id == deviceId);
        var settings = new SimulationSettings
        {
            Seed = seed,
            TimeZone = TimeZoneInfo.FindSystemTimeZoneById(DemoContent.TimeZoneId),
            Interval = DemoContent.LiveInterval,
            Home = device is null ? null : (device.Store.Latitude, device.Store.Longitude),
            Episodes = device is null ? null : DemoScript.For(deviceId, origin),
        };
        return template.Family == DemoContent.StoreMeter.Family ? Meter(settings, device)
            : template.Family == DemoContent.Freezer.Family ? Cabinet(settings, isFreezer: true)
            : Cabinet(settings, isFreezer: false);
    }

    private static SimulationSettings Cabinet(SimulationSettings settings, bool isFreezer) =>
        settings with
        {
            Numbers = new Dictionary<CapabilityPath, NumberProfile>
            {
                // At its warmest still well below the limits of 7, 8 and -15 °C: only failures pass them.
                [new("", "temperature")] = new LevelProfile(isFreezer ? -20 : 3.4)
                {
                    Spread = 0.5,
                    Day = 0.25,
                    Drift = 0.25,
                    Noise = 0.08,
                    Cycle = isFreezer ? 0.7 : 0.45,
                    Door = isFreezer ? 0.35 : 0.45,
                    Decimals = 2,
                },
                [new("compressor", "power")] = new OnOffProfile(isFreezer ? 540 : 340, isFreezer ? 14 : 9)
                {
                    Noise = 4,
                    Min = 0,
                    Decimals = 1,
                },
            },
            States = new Dictionary<CapabilityPath, StateProfile>
            {
                [new("", "doorState")] = new DoorStates("open", "closed"),
                [CompressorState] = new CycleStates("running", "idle"),
            },
            Properties = new Dictionary<CapabilityPath, string>
            {
                [new("", "manufacturer")] = isFreezer ? "\"Nordfrost\"" : "\"Polar Cabinets\"",
                [new("", "firmwareVersion")] = isFreezer ? "\"3.1.0\"" : "\"2.4.2\"",
                [new("compressor", "model")] = isFreezer ? "\"K-900\"" : "\"K-400\"",
            },
        };

    private static SimulationSettings Meter(SimulationSettings settings, DemoDevice? device)
    {
        var size = (device?.Store.FloorArea ?? 700) / 700.0;
        return settings with
        {
            Numbers = new Dictionary<CapabilityPath, NumberProfile>
            {
                [new("", "power")] = new LevelProfile(21 * size)
                {
                    Day = 7 * size,
                    PeakHour = 14.5,
                    Drift = 2,
                    Noise = 0.3,
                    Min = 2,
                    Decimals = 2,
                },
                [new("", "energy")] = new CounterProfile(21 * size) { Decimals = 2 },
                [new("", "indoorTemperature")] = new LevelProfile(20.5)
                {
                    Spread = 0.6,
                    Day = 1.2,
                    Drift = 0.6,
                    Noise = 0.06,
                    Decimals = 2,
                },
                [new("", "humidity")] = new LevelProfile(46)
                {
                    Spread = 4,
                    Day = -3,
                    Drift = 5,
                    Noise = 0.3,
                    Min = 15,
                    Max = 95,
                },
                [new("", "visitors")] = new LevelProfile(14 * size)
                {
                    Day = 26 * size,
                    PeakHour = 16,
                    Drift = 5,
                    Noise = 2.5,
                    Min = 0,
                    Decimals = 0,
                },
            },
            Properties = device is null
                ? settings.Properties
                : new Dictionary<CapabilityPath, string>
                {
                    [new("", "location")] = FormattableString.Invariant(
                        $$"""{"lat":{{device.Store.Latitude}},"lon":{{device.Store.Longitude}}}"""
                    ),
                    [new("", "firmwareVersion")] = "\"1.9.0\"",
                },
        };
    }
}
