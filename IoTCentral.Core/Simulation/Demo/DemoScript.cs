using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Simulation.Demo;

/// <summary>
/// What goes wrong in the demo application: a handful of known things in the week before it was made, then a cabinet
/// that begins to fail three minutes later, and from then on one in some cabinet about every hour and a half.
/// </summary>
public static class DemoScript
{
    /// <summary>From the making of the application to the first live failure.</summary>
    public static readonly TimeSpan FirstFailureAfter = TimeSpan.FromMinutes(3);

    public const string CompressorFailure = "compressor failure";
    public const string DoorLeftOpen = "door left open";
    public const string ConnectionLost = "connection lost";

    private const string FirstToFail = "london-fridge-1";

    private static readonly TimeSpan Slot = TimeSpan.FromMinutes(90);
    private static readonly CapabilityPath Temperature = new("", "temperature");
    private static readonly CapabilityPath Door = new("", "doorState");
    private static readonly CapabilityPath Power = new("compressor", "power");
    private static readonly CapabilityPath Compressor = new("compressor", "state");

    private static readonly IReadOnlyList<string> Cabinets =
    [
        .. DemoContent.Devices.Where(d => d.TemplateId != DemoContent.StoreMeter.Id).Select(d => d.Id),
    ];

    /// <summary>What happened in the week before, oldest first; the compressor of last night is the last but one.</summary>
    /// <param name="origin">When the application was made; its history ends and live data begins there.</param>
    public static IReadOnlyList<(string DeviceId, Episode Episode)> History(DateTimeOffset origin)
    {
        return
        [
            ("brighton-fridge-1", Open(At(-6, 9, 40), TimeSpan.FromMinutes(26), isFreezer: false)),
            ("glasgow-freezer", Failure(At(-5, 4, 15), TimeSpan.FromMinutes(28), isFreezer: true)),
            ("bristol-fridge-2", Open(At(-3, 17, 20), TimeSpan.FromMinutes(31), isFreezer: false)),
            (
                "cardiff-fridge-2",
                new Episode(ConnectionLost, At(-2, 14, 10), TimeSpan.FromMinutes(30)) { IsSilent = true }
            ),
            ("manchester-fridge-1", Failure(LastNight(), TimeSpan.FromMinutes(55), isFreezer: false)),
            (FirstToFail, Failure(origin + FirstFailureAfter, TimeSpan.FromMinutes(35), isFreezer: false)),
        ];

        DateTimeOffset At(int days, int hour, int minute) => Local(origin, days, hour, minute);

        // The night must be over, with the recovery, when the application is made.
        DateTimeOffset LastNight() => At(0, 5, 30) <= origin ? At(0, 2, 40) : At(-1, 2, 40);
    }

    /// <summary>All that goes wrong with one device, past and to come.</summary>
    public static EpisodePlan For(string deviceId, DateTimeOffset origin)
    {
        var known = History(origin).Where(e => e.DeviceId == deviceId).Select(e => e.Episode).ToList();
        var isCabinet = Cabinets.Contains(deviceId);
        return new EpisodePlan(known, Slot, slot => isCabinet ? Live(slot, deviceId, origin) : []);
    }

    /// <summary>The failure of a slot, if it is this device's turn. The slots are those of the clock: the same after a restart.</summary>
    private static IEnumerable<Episode> Live(long slot, string deviceId, DateTimeOffset origin)
    {
        var seed = Noise.Seed(0, "demo");
        if (Cabinets[(int)(Noise.Unit(seed, slot) * Cabinets.Count)] != deviceId)
            yield break;
        var start =
            DateTimeOffset.UnixEpoch + slot * Slot + Noise.Unit(seed ^ 1, slot) * (Slot - TimeSpan.FromMinutes(45));
        // The first one has the stage for itself.
        if (start < origin + TimeSpan.FromHours(1))
            yield break;
        var isFreezer = deviceId.EndsWith("-freezer", StringComparison.Ordinal);
        yield return Noise.Unit(seed ^ 2, slot) < 0.6
            ? Failure(start, TimeSpan.FromMinutes(Noise.Between(seed ^ 3, slot, 22, 40)), isFreezer)
            : Open(start, TimeSpan.FromMinutes(Noise.Between(seed ^ 4, slot, 15, 30)), isFreezer);
    }

    /// <summary>The compressor stops: power falls at once, the air warms towards that of the store; repaired, it runs
    /// without rest until the cold is back.</summary>
    private static Episode Failure(DateTimeOffset start, TimeSpan duration, bool isFreezer) =>
        new(CompressorFailure, start, duration)
        {
            Effects =
            [
                new Effect(Temperature)
                {
                    Target = 21,
                    Onset = TimeSpan.FromMinutes(isFreezer ? 55 : 35),
                    Recovery = TimeSpan.FromMinutes(18),
                },
                new Effect(Power) { Target = 3 },
                new Effect(Compressor) { State = "failed" },
                new Effect(Power) { Target = isFreezer ? 620 : 410, Afterwards = TimeSpan.FromMinutes(25) },
                new Effect(Compressor) { State = "running", Afterwards = TimeSpan.FromMinutes(25) },
            ],
        };

    /// <summary>Warm air flows in; the compressor runs all the time and cannot keep up.</summary>
    private static Episode Open(DateTimeOffset start, TimeSpan duration, bool isFreezer) =>
        new(DoorLeftOpen, start, duration)
        {
            Effects =
            [
                new Effect(Temperature)
                {
                    Target = isFreezer ? -6 : 13.5,
                    Onset = TimeSpan.FromMinutes(11),
                    Recovery = TimeSpan.FromMinutes(12),
                },
                new Effect(Door) { State = "open" },
                new Effect(Power) { Target = isFreezer ? 620 : 410 },
                new Effect(Compressor) { State = "running" },
            ],
        };

    private static DateTimeOffset Local(DateTimeOffset origin, int days, int hour, int minute)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(DemoContent.TimeZoneId);
        var local = TimeZoneInfo.ConvertTime(origin, zone).Date.AddDays(days).AddHours(hour).AddMinutes(minute);
        // None of the times is in the hour that a change to summer time leaves out (1:00 to 2:00).
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
