using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Rules;

/// <summary>A rule made ready for judging: conditions sorted by what makes them change. One for all devices of the rule.</summary>
/// <remarks>Not thread-safe, as its window cutter remembers the zone's last offset.</remarks>
public sealed class CompiledRule
{
    /// <summary>How late a message may be and still count into its window.</summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromMinutes(1);

    /// <param name="zone">The application's; windows of an hour and longer begin at its local hours.</param>
    public CompiledRule(RuleDefinition definition, TimeZoneInfo zone)
    {
        Definition = definition;
        var compiled = definition.Conditions.Select((c, i) => new CompiledCondition(c, i)).ToArray();
        Conditions = compiled;
        Single = [.. compiled.Where(c => c.Telemetry is { Aggregate: null })];
        Aggregated = [.. compiled.Where(c => c.Telemetry is { Aggregate: not null })];
        Properties = [.. compiled.Where(c => c.Condition is PropertyCondition)];
        Silences = [.. compiled.Where(c => c.Condition is SilenceCondition or DisconnectedCondition)];
        HasEvents = Single.Any(c => c.Operator == RuleOperator.Any);
        CountsMessages = Aggregated.Any(c => c.Telemetry!.Aggregate == Aggregate.Count);
        IsAny = definition.Match == RuleMatch.Any;
        Hold = definition.Hold;
        Hysteresis = definition.Hysteresis;
        if (Aggregated.Length > 0)
            Buckets = new TimeBuckets(definition.Window ?? TimeSpan.FromMinutes(5), zone);
    }

    public RuleDefinition Definition { get; }
    internal CompiledCondition[] Conditions { get; }

    /// <summary>Telemetry judged value by value.</summary>
    internal CompiledCondition[] Single { get; }

    /// <summary>Telemetry judged when a window closes.</summary>
    internal CompiledCondition[] Aggregated { get; }
    internal CompiledCondition[] Properties { get; }

    /// <summary>Judged by the clock: no message, disconnected.</summary>
    internal CompiledCondition[] Silences { get; }
    internal bool HasEvents { get; }

    /// <summary>A window without any message still has a count: 0.</summary>
    internal bool CountsMessages { get; }
    internal bool IsAny { get; }
    internal TimeSpan Hold { get; }
    internal double Hysteresis { get; }
    internal TimeBuckets? Buckets { get; }

    /// <summary>Longest stretch of past messages that a device's open window and the one before it can need.</summary>
    public TimeSpan Memory => Buckets is null ? TimeSpan.Zero : 2 * Definition.Window!.Value + Lateness;
}

/// <summary>One condition with what judging it needs at hand.</summary>
internal sealed class CompiledCondition
{
    private readonly string? _location;
    private readonly char _member;

    public CompiledCondition(Condition condition, int index)
    {
        Condition = condition;
        Index = index;
        if (condition is ValueCondition value)
        {
            Component = value.Component;
            Name = value.Name;
            Operator = value.Operator;
            Constant = value.Value;
            LimitKey = value.LimitKey;
        }

        For = condition switch
        {
            SilenceCondition s => s.For,
            DisconnectedCondition d => d.For,
            _ => TimeSpan.Zero,
        };
        // A geopoint is one point with two or three numbers: "position.lat" asks for one of them.
        var dot = Name.LastIndexOf('.');
        if (dot > 0 && Name[(dot + 1)..] is "lat" or "lon" or "alt")
            (_location, _member) = (Name[..dot], Name[dot + 2]);
    }

    public Condition Condition { get; }
    public int Index { get; }
    public TelemetryCondition? Telemetry => Condition as TelemetryCondition;
    public string Component { get; } = "";
    public string Name { get; } = "";
    public RuleOperator Operator { get; }
    public RuleValue? Constant { get; }
    public PropertyKey? LimitKey { get; }
    public TimeSpan For { get; }

    /// <summary>The point's value when it is the one this condition asks for.</summary>
    public bool TryTake(in Point point, out RuleValue value)
    {
        if (point.Kind == PointKind.Location)
            return TryTakeMember(point, out value);
        if (point.Name != Name)
        {
            value = default;
            return false;
        }

        value = point.Kind switch
        {
            PointKind.Number => RuleValue.Of(point.Number),
            PointKind.Boolean => RuleValue.Of(point.Number != 0),
            _ => RuleValue.Of(point.Text ?? ""),
        };
        return true;
    }

    private bool TryTakeMember(in Point point, out RuleValue value)
    {
        if (_location is not null && point.Name == _location)
        {
            // second letters of lat, lon and alt
            value = RuleValue.Of(
                _member switch
                {
                    'a' => point.Number,
                    'o' => point.Number2,
                    _ => point.Number3,
                }
            );
            return true;
        }

        value = RuleValue.Of(true);
        return Operator == RuleOperator.Any && point.Name == Name;
    }
}
