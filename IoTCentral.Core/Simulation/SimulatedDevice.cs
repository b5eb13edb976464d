using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Simulation;

/// <summary>A telemetry message of a simulated device.</summary>
/// <param name="Component">Empty for the root.</param>
/// <param name="Body">UTF-8 JSON object.</param>
public readonly record struct SimulatedMessage(string Component, DateTimeOffset Time, ReadOnlyMemory<byte> Body);

/// <summary>
/// Makes the messages of a device that does not exist, from its template. Everything is a function of device, seed and
/// time: the past can be asked for at any time and is what live generation gave. Not for use by several threads at once.
/// </summary>
public sealed class SimulatedDevice
{
    // Episodes are looked up for stretches of this length.
    private static readonly TimeSpan EpisodeStretch = TimeSpan.FromHours(1);

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly SimulationSettings _settings;
    private readonly EpisodePlan _episodes;
    private readonly TimeSpan _phase;
    private readonly List<(
        string Component,
        List<(Capability Capability, JsonEncodedText Name, ValueSource Source)> Values
    )> _components = [];
    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private DateTimeOffset _stretch = DateTimeOffset.MinValue;
    private IReadOnlyList<Episode> _felt = [];

    public SimulatedDevice(DeviceTemplate template, string deviceId, SimulationSettings settings)
    {
        _settings = settings;
        var seed = Noise.Seed(settings.Seed, deviceId);
        Home = settings.Home ?? Places.Of(seed);
        _phase = TimeSpan.FromMilliseconds(Math.Floor(Noise.Unit(seed, 1) * settings.Interval.TotalMilliseconds));
        var sources = new SourceFactory(settings, new Rhythm(Noise.Seed(seed, "rhythm")), Home, seed);
        var telemetry = template
            .Capabilities.Where(c => c is { Kind: CapabilityKind.Telemetry, Schema: not null })
            .ToList();
        foreach (var component in telemetry.GroupBy(c => c.Component))
            _components.Add(
                (component.Key, [.. component.Select(c => (c, JsonEncodedText.Encode(c.Name), sources.Of(c)))])
            );
        _episodes =
            settings.Episodes
            ?? RandomEpisodes.For(
                [
                    .. telemetry
                        .Select(c => (c, sources.LevelOf(c)))
                        .Where(l => l.Item2 is not null)
                        .Select(l => (l.c, l.Item2!)),
                ],
                Noise.Seed(seed, "episodes")
            );
        Reported = ReportedProperties.Of(template, settings, Home, seed);
    }

    /// <summary>Where it stands.</summary>
    public (double Latitude, double Longitude) Home { get; }
    public TimeSpan Interval => _settings.Interval;

    /// <summary>What it reports when it connects: a reported-properties patch as UTF-8 JSON, components marked as such.</summary>
    public ReadOnlyMemory<byte> Reported { get; }

    /// <summary>The first time after this one at which messages are due; devices are spread over the interval.</summary>
    /// <param name="step">Time between messages; null: <see cref="Interval"/>. A multiple of it gives a subset of its times.</param>
    public DateTimeOffset NextAfter(DateTimeOffset time, TimeSpan? step = null)
    {
        var length = (step ?? Interval).Ticks;
        var since = (time.ToUniversalTime() - DateTimeOffset.UnixEpoch - _phase).Ticks;
        return DateTimeOffset.UnixEpoch
            + _phase
            + TimeSpan.FromTicks((Math.DivRem(since, length, out var rest) - (rest < 0 ? 1 : 0) + 1) * length);
    }

    /// <summary>It sends nothing at this time (and a real one would be disconnected).</summary>
    public bool IsSilent(DateTimeOffset time) => Felt(time).Any(e => e.IsSilent && e.IsOn(time));

    /// <summary>What is wrong with it at this time, e.g. for a note beside a chart.</summary>
    public IEnumerable<Episode> EpisodesAt(DateTimeOffset time) => Felt(time).Where(e => e.IsOn(time));

    /// <summary>The messages of one time, one for each component that has telemetry; none while it is silent.</summary>
    public IEnumerable<SimulatedMessage> At(DateTimeOffset time, TimeSpan? step = null)
    {
        var felt = Felt(time);
        if (felt.Any(e => e.IsSilent && e.IsOn(time)))
            yield break;
        var moment = Moment.Of(time, step ?? Interval, _settings.TimeZone);
        foreach (var (component, values) in _components)
            if (Body(values, moment, felt) is { } body)
                yield return new SimulatedMessage(component, time, body);
    }

    /// <summary>All messages from one time to before another, by time.</summary>
    public IEnumerable<SimulatedMessage> Between(DateTimeOffset from, DateTimeOffset to, TimeSpan? step = null)
    {
        for (var time = NextAfter(from - TimeSpan.FromTicks(1), step); time < to; time += step ?? Interval)
            foreach (var message in At(time, step))
                yield return message;
    }

    private byte[]? Body(
        List<(Capability Capability, JsonEncodedText Name, ValueSource Source)> values,
        in Moment moment,
        IReadOnlyList<Episode> felt
    )
    {
        _buffer.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_buffer, WriterOptions);
        json.WriteStartObject();
        var any = false;
        foreach (var (capability, name, source) in values)
        {
            if (!source.IsPresent(moment))
                continue;
            any = true;
            json.WritePropertyName(name);
            source.Write(json, moment, EffectsOn(capability.Path, felt));
        }

        json.WriteEndObject();
        json.Flush();
        return any ? _buffer.WrittenSpan.ToArray() : null;
    }

    private static IReadOnlyList<(Episode, Effect)> EffectsOn(CapabilityPath path, IReadOnlyList<Episode> felt) =>
        felt.Count == 0 ? [] : [.. felt.SelectMany(e => e.Effects.Where(f => f.Path == path).Select(f => (e, f)))];

    private IReadOnlyList<Episode> Felt(DateTimeOffset time)
    {
        if (time < _stretch || time >= _stretch + EpisodeStretch)
        {
            _stretch = new DateTimeOffset(time.UtcTicks - time.UtcTicks % EpisodeStretch.Ticks, TimeSpan.Zero);
            _felt = _episodes.Between(_stretch, _stretch + EpisodeStretch);
        }

        return _felt;
    }
}
