using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules.Engine;

/// <summary>A running rule, made ready.</summary>
internal sealed class LiveRule(Rule rule, RuleVocabulary vocabulary, TimeZoneInfo zone)
{
    public Rule Rule => rule;
    public TimeZoneInfo Zone => zone;

    /// <summary>Words of the template, which may be renamed while the rule runs.</summary>
    public RuleVocabulary Vocabulary { get; set; } = vocabulary;
    public CompiledRule Compiled { get; } = new(rule.Definition, zone);

    /// <summary>It threw while judging: set aside, its alerts stay as they are.</summary>
    public bool IsStopped { get; set; }

    public bool Concerns(DeviceFacts device)
    {
        if (device.TemplateId != rule.TemplateId)
            return false;
        foreach (var filter in rule.Definition.Filter)
        {
            if (!filter.Matches(device.Properties.GetValueOrDefault(filter.Property)))
                return false;
        }

        return true;
    }
}

/// <summary>An application that has running rules.</summary>
internal sealed class LiveTenant(Application application)
{
    public Application Application { get; set; } = application;
    public TenantId Id => Application.TenantId;
    public Dictionary<string, LiveRule> Rules { get; set; } = [];

    /// <summary>Every device that was ever asked for; one without pairs concerns no rule.</summary>
    public Dictionary<long, LiveDevice> Devices { get; } = [];

    /// <summary>Names of all properties the rules mention.</summary>
    public IReadOnlyCollection<string> PropertyNames { get; set; } = [];

    public static string[] NamesIn(IEnumerable<LiveRule> rules) =>
        [.. rules.SelectMany(r => r.Rule.Definition.Properties()).Select(p => p.Name).Distinct()];
}

/// <summary>A device with the rules that concern it.</summary>
internal sealed class LiveDevice(DeviceFacts facts)
{
    public DeviceFacts Facts { get; set; } = facts;
    public RulePair[] Pairs { get; set; } = [];
}

/// <summary>One rule on one device.</summary>
internal sealed class RulePair(LiveTenant tenant, LiveRule rule, LiveDevice device)
{
    public LiveTenant Tenant => tenant;
    public LiveRule Rule => rule;
    public LiveDevice Device => device;
    public RuleEvaluator Evaluator { get; } = new(rule.Compiled, device.Facts);

    /// <summary>The open (or muted) alert; null while there is none.</summary>
    public Guid? AlertId { get; set; }

    /// <summary>What the open alert saw, kept for its worst value; null: there is none.</summary>
    public AlertFacts? AlertFacts { get; set; }

    /// <summary>When the open alert opened.</summary>
    public DateTimeOffset OpenedAt { get; set; }

    /// <summary>Version of the stored state; 0: none is stored.</summary>
    public int StoredVersion { get; set; }

    /// <summary><see cref="RuleEvaluator.Changes"/> at the last write.</summary>
    public int WrittenChanges { get; set; }

    /// <summary>Waits to be written.</summary>
    public bool IsDirty { get; set; }

    /// <summary>When the timer queue looks at it; max: it is not queued.</summary>
    public DateTimeOffset QueuedFor { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>The rule no longer concerns the device, or is no longer this one.</summary>
    public bool IsGone { get; set; }
}
