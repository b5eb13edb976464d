using IoTCentral.Core.Installation;

namespace IoTCentral.Core.Telemetry.Retention;

/// <summary>How long what devices send is kept.</summary>
/// <param name="MessageDays">Messages as they came. 0: for ever; null: as the level above says.</param>
/// <param name="PointDays">Their values, for charts. 0: for ever; null: as the level above says.</param>
/// <param name="RollupDays">
/// Hourly sums of numbers, which are made when the values go; none where this is no longer. 0: for ever; null: as the level
/// above says.
/// </param>
public sealed record RetentionRule(int? MessageDays, int? PointDays, int? RollupDays = null)
{
    public const int MostDays = 36_500;
    public const int Forever = 0;

    /// <summary>As the level above.</summary>
    public static RetentionRule None { get; } = new(null, null);

    /// <summary>What the installation says.</summary>
    public static RetentionRule Of(StorageOptions options) =>
        new(options.MessageLogDays, options.MessageLogDays, options.RollupDays);

    /// <summary>Something is left of values that go.</summary>
    public bool HasRollups => PointDays is > 0 && (RollupDays is Forever || RollupDays > PointDays);

    public RetentionRule Over(RetentionRule above) =>
        new(MessageDays ?? above.MessageDays, PointDays ?? above.PointDays, RollupDays ?? above.RollupDays);
}

/// <summary>What must stay, whatever the rules say.</summary>
/// <param name="DeviceId">Null: all of the application.</param>
public sealed record LegalHold(Guid Id, string? DeviceId, string Reason, DateTimeOffset PlacedAt, string PlacedBy);

/// <summary>How long an application keeps its data, and what stays longer.</summary>
public sealed record RetentionPlan
{
    /// <summary>The installation's own rule.</summary>
    public required RetentionRule Installation { get; init; }

    /// <summary>Of all devices that no template's rule is about.</summary>
    public RetentionRule Application { get; init; } = RetentionRule.None;

    /// <summary>By template id; those that say nothing are left out.</summary>
    public IReadOnlyDictionary<string, RetentionRule> Templates { get; init; } =
        new Dictionary<string, RetentionRule>();

    public IReadOnlyList<LegalHold> Holds { get; init; } = [];

    /// <summary>What counts for devices of a template in the end; null: without one.</summary>
    public RetentionRule Of(string? template) =>
        (template is null ? RetentionRule.None : Templates.GetValueOrDefault(template, RetentionRule.None))
            .Over(Application)
            .Over(Installation);
}

/// <summary>What an application's telemetry takes in the store, as it was counted last.</summary>
/// <param name="Messages">Sealed; those of the last hour or two are not counted yet.</param>
/// <param name="MessageBytes">On disk, packed; without indexes.</param>
/// <param name="PointBytes">On disk, packed; without indexes.</param>
/// <param name="OldestPoint">Beginning of the oldest stretch that has points; null: there are none.</param>
public sealed record StorageUse(
    DateTimeOffset CountedAt,
    long Messages,
    long MessageBytes,
    long Points,
    long PointBytes,
    DateTimeOffset? OldestPoint
);
