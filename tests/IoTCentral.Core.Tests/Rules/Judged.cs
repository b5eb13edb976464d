using System.Globalization;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Tests.Rules;

/// <summary>A rule on one fridge, told what happens at which time of one day, and what the rule made of it.</summary>
internal sealed class Judged
{
    public static readonly DateTimeOffset Day = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    private readonly List<RuleTransition> _transitions = [];
    private long _position;

    public Judged(RuleDefinition rule, TimeZoneInfo? zone = null, DeviceFacts? facts = null)
    {
        Compiled = new CompiledRule(rule, zone ?? TimeZoneInfo.Utc);
        Evaluator = new RuleEvaluator(Compiled, facts ?? Fridge);
    }

    public CompiledRule Compiled { get; }
    public RuleEvaluator Evaluator { get; }
    public IReadOnlyList<RuleTransition> Transitions => _transitions;

    public static DeviceFacts Fridge { get; } =
        new()
        {
            TenantId = new TenantId(1),
            Key = 7,
            Id = "fridge-1",
            Name = "Fridge 1",
            TemplateId = "dtmi:x:fridge;1",
        };

    /// <summary>What happened, e.g. "open 10:00 resolved 10:05".</summary>
    public string Story =>
        string.Join(' ', _transitions.Select(t => $"{(t.IsOpen ? "open" : "resolved")} {Clock(t.At)}"));

    public static DateTimeOffset At(string time) => Day + TimeSpan.Parse(time, CultureInfo.InvariantCulture);

    public Judged Temperature(string received, double value, string? messageTime = null) =>
        Send(received, messageTime, MessageFlags.None, Point.Of("temperature", value));

    public Judged Send(string received, params Point[] points) => Send(received, null, MessageFlags.None, points);

    public Judged Send(string received, string? messageTime, MessageFlags flags, params Point[] points) =>
        Send(Message(At(received), At(messageTime ?? received), points, flags, ++_position));

    public Judged Send(CommittedMessage message)
    {
        Evaluator.OnMessage(message);
        return Note();
    }

    public Judged Clock(string now)
    {
        Evaluator.OnClock(At(now));
        return Note();
    }

    public Judged Properties(string at, params (PropertySource Source, string Name, string Value)[] properties)
    {
        Evaluator.OnProperties(Of(properties), At(at));
        return Note();
    }

    public Judged Connection(string at, string? disconnectedAt)
    {
        Evaluator.OnConnection(disconnectedAt is null ? null : At(disconnectedAt), At(at));
        return Note();
    }

    public static Dictionary<PropertyKey, string> Of(
        params (PropertySource Source, string Name, string Value)[] properties
    ) => properties.ToDictionary(p => new PropertyKey(p.Source, "", p.Name), p => p.Value);

    public static CommittedMessage Message(
        DateTimeOffset received,
        DateTimeOffset messageTime,
        Point[] points,
        MessageFlags flags = MessageFlags.None,
        long position = 1,
        string component = ""
    ) =>
        new(
            new DeviceMessage
            {
                Tenant = Fridge.TenantId,
                DeviceKey = Fridge.Key,
                DeviceId = Fridge.Id,
                Received = received,
                MessageTime = messageTime,
                Component = component,
                Body = ReadOnlyMemory<byte>.Empty,
                Flags = flags,
                Position = position,
            },
            points
        );

    private static string Clock(DateTimeOffset time) =>
        time.ToString(time.Second == 0 ? "HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture);

    private Judged Note()
    {
        _transitions.AddRange(Evaluator.TakeTransitions());
        return this;
    }
}

/// <summary>Rules that tests begin with.</summary>
internal static class Rules
{
    public static TelemetryCondition Above(double limit, string name = "temperature") =>
        new()
        {
            Name = name,
            Operator = RuleOperator.GreaterThan,
            Value = RuleValue.Of(limit),
        };

    public static TelemetryCondition Over(
        Aggregate aggregate,
        RuleOperator op,
        double limit,
        string name = "temperature"
    ) =>
        new()
        {
            Name = name,
            Operator = op,
            Value = RuleValue.Of(limit),
            Aggregate = aggregate,
        };

    public static TelemetryCondition Is(string name, RuleOperator op, RuleValue value) =>
        new()
        {
            Name = name,
            Operator = op,
            Value = value,
        };

    public static RuleDefinition All(params Condition[] conditions) => new() { Conditions = conditions };

    public static RuleDefinition Any(params Condition[] conditions) =>
        new() { Conditions = conditions, Match = RuleMatch.Any };

    public static RuleDefinition Average(double limit, int minutes) =>
        All(Over(Aggregate.Average, RuleOperator.GreaterThan, limit)) with
        {
            Window = TimeSpan.FromMinutes(minutes),
        };

    public static RuleDefinition Silent(int minutes) =>
        All(new SilenceCondition { For = TimeSpan.FromMinutes(minutes) });
}
