using System.Globalization;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Rules;

/// <summary>What a condition looks at, as the editor offers it.</summary>
public enum ConditionKind
{
    Telemetry,
    Reported,
    Cloud,
    Silence,
    Disconnected,
}

/// <summary>A condition while it is edited: texts as typed, so that half a number is no error yet.</summary>
public sealed class ConditionDraft
{
    public ConditionKind Kind { get; set; }

    /// <summary><c>name</c> or <c>component/name</c>.</summary>
    public string Signal { get; set; } = "";
    public RuleOperator Operator { get; set; } = RuleOperator.GreaterThan;

    /// <summary>The constant as typed; ignored when <see cref="LimitProperty"/> is chosen.</summary>
    public string Value { get; set; } = "";
    public string LimitProperty { get; set; } = "";
    public Aggregate? Aggregate { get; set; }
    public int Minutes { get; set; } = 15;

    public string Component => Signal.Split('/') is [var component, _] ? component : "";
    public string Name => Signal.Split('/')[^1];

    /// <summary>What it lacks to be judged: <c>Signal</c> or <c>Value</c>; null: nothing.</summary>
    public string? GapIn(DeviceTemplate? template) =>
        Kind is ConditionKind.Silence or ConditionKind.Disconnected ? null
        : Signal.Length == 0 ? "Signal"
        : Operator == RuleOperator.Any || Limit is not null || ConstantOf(template) is not null ? null
        : "Value";

    public static ConditionDraft Of(Condition condition) =>
        condition switch
        {
            SilenceCondition silence => new() { Kind = ConditionKind.Silence, Minutes = (int)silence.For.TotalMinutes },
            DisconnectedCondition gone => new()
            {
                Kind = ConditionKind.Disconnected,
                Minutes = (int)gone.For.TotalMinutes,
            },
            ValueCondition value => new()
            {
                Kind =
                    value is not PropertyCondition property ? ConditionKind.Telemetry
                    : property.Source == PropertySource.Cloud ? ConditionKind.Cloud
                    : ConditionKind.Reported,
                Signal = value.Component.Length == 0 ? value.Name : $"{value.Component}/{value.Name}",
                Operator = value.Operator,
                Value = value.Value?.ToString() ?? "",
                LimitProperty = value.LimitProperty ?? "",
                Aggregate = (value as TelemetryCondition)?.Aggregate,
            },
            _ => new(),
        };

    /// <param name="template">Says whether the constant is a number, a text or true/false.</param>
    public Condition ToCondition(DeviceTemplate? template)
    {
        var length = TimeSpan.FromMinutes(Minutes);
        return Kind switch
        {
            ConditionKind.Silence => new SilenceCondition { For = length },
            ConditionKind.Disconnected => new DisconnectedCondition { For = length },
            ConditionKind.Telemetry => new TelemetryCondition
            {
                Component = Component,
                Name = Name,
                Operator = Operator,
                Value = ConstantOf(template),
                LimitProperty = Limit,
                Aggregate = Aggregate,
            },
            _ => new PropertyCondition
            {
                Source = Kind == ConditionKind.Cloud ? PropertySource.Cloud : PropertySource.Reported,
                Component = Component,
                Name = Name,
                Operator = Operator,
                Value = ConstantOf(template),
                LimitProperty = Limit,
            },
        };
    }

    private string? Limit => LimitProperty.Length == 0 || Operator == RuleOperator.Any ? null : LimitProperty;

    private RuleValue? ConstantOf(DeviceTemplate? template)
    {
        if (Limit is not null || Operator == RuleOperator.Any || Value.Trim().Length == 0)
            return null;
        var text = Value.Trim();
        var schema = template?.Find(Component, Name)?.Schema;
        if (schema?.Kind == SchemaKind.Boolean)
            return RuleValue.Read(text, PointKind.Boolean);
        var isText = schema is { IsNumeric: false } and not EnumSchema { IsText: false };
        return isText ? RuleValue.Of(text)
            : double.TryParse(text.Replace(',', '.'), CultureInfo.InvariantCulture, out var number)
                ? RuleValue.Of(number)
            : null;
    }
}

/// <summary>A rule while it is edited.</summary>
public sealed class RuleDraft
{
    public string Name { get; set; } = "";
    public string TemplateId { get; set; } = "";
    public bool IsEnabled { get; set; } = true;
    public RuleMatch Match { get; set; }
    public Severity Severity { get; set; } = Severity.Warning;
    public List<ConditionDraft> Conditions { get; } = [];
    public string FilterName { get; set; } = "";
    public string FilterValue { get; set; } = "";
    public int WindowMinutes { get; set; } = 5;
    public int HoldMinutes { get; set; }
    public double Hysteresis { get; set; }

    /// <summary>Addresses and <c>{cloudProperty}</c> names, separated by commas.</summary>
    public string MailTo { get; set; } = "";
    public string MailNote { get; set; } = "";
    public bool MailOnResolve { get; set; }
    public string WebhookUrl { get; set; } = "";
    public string WebhookSecret { get; set; } = "";
    public bool WebhookHasSecret { get; set; }

    private Rule? _stored;

    public static RuleDraft New() => new() { Conditions = { new ConditionDraft() } };

    public static RuleDraft Of(Rule rule)
    {
        var definition = rule.Definition;
        var mail = definition.Actions.OfType<EmailAction>().FirstOrDefault();
        var webhook = definition.Actions.OfType<WebhookAction>().FirstOrDefault();
        var draft = new RuleDraft
        {
            _stored = rule,
            Name = rule.Name,
            TemplateId = rule.TemplateId,
            IsEnabled = rule.IsEnabled,
            Match = definition.Match,
            Severity = definition.Severity,
            FilterName = definition.Filter is [var filter, ..] ? filter.Name : "",
            FilterValue = definition.Filter is [var first, ..] ? first.Value.ToString() : "",
            WindowMinutes = (int)(definition.Window ?? TimeSpan.FromMinutes(5)).TotalMinutes,
            HoldMinutes = (int)definition.Hold.TotalMinutes,
            Hysteresis = definition.Hysteresis,
            MailTo = string.Join(", ", mail?.To ?? []),
            MailNote = mail?.Note ?? "",
            MailOnResolve = mail?.OnResolve ?? false,
            WebhookUrl = webhook?.Url ?? "",
            WebhookHasSecret = webhook?.HasSecret ?? false,
        };
        draft.Conditions.AddRange(definition.Conditions.Select(ConditionDraft.Of));
        return draft;
    }

    public RuleDefinition ToDefinition(DeviceTemplate? template) =>
        new()
        {
            Filter = FilterOf(template),
            Match = Match,
            Conditions = [.. Conditions.Select(c => c.ToCondition(template))],
            Window = Conditions.Any(c => c is { Kind: ConditionKind.Telemetry, Aggregate: not null })
                ? TimeSpan.FromMinutes(WindowMinutes)
                : null,
            Hold = TimeSpan.FromMinutes(HoldMinutes),
            Hysteresis = Hysteresis,
            Severity = Severity,
            Actions = [.. Actions()],
        };

    /// <summary>The rule as it is to be saved: a new one, or the stored one with these changes.</summary>
    public Rule ToRule(Core.Tenants.TenantId tenant, string id, DeviceTemplate? template)
    {
        var stored =
            _stored
            ?? new Rule
            {
                TenantId = tenant,
                Id = id,
                Name = "",
                TemplateId = TemplateId,
                Definition = new(),
            };
        return stored with
        {
            Name = Name.Trim(),
            TemplateId = TemplateId,
            IsEnabled = IsEnabled,
            Definition = ToDefinition(template),
        };
    }

    private IReadOnlyList<PropertyFilter> FilterOf(DeviceTemplate? template)
    {
        // What the editor does not show stays as it was.
        var others = (_stored?.Definition.Filter ?? []).Skip(1);
        if (FilterName.Trim().Length == 0)
            return [.. others];
        var capability = template?.Find("", FilterName.Trim());
        var text = FilterValue.Trim();
        var value =
            capability?.Schema is { IsNumeric: true } ? RuleValue.Read(text, PointKind.Number)
            : capability?.Schema?.Kind == SchemaKind.Boolean ? RuleValue.Read(text, PointKind.Boolean)
            : null;
        return
        [
            new PropertyFilter
            {
                Source = capability is { IsCloud: false } ? PropertySource.Reported : PropertySource.Cloud,
                Name = FilterName.Trim(),
                Value = value ?? RuleValue.Of(text),
            },
            .. others,
        ];
    }

    private IEnumerable<RuleAction> Actions()
    {
        var before = _stored?.Definition.Actions ?? [];
        if (MailTo.Trim().Length > 0)
            yield return new EmailAction
            {
                Id = before.OfType<EmailAction>().FirstOrDefault()?.Id ?? "",
                To = MailTo.Split(
                    [',', ';', '\n'],
                    StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
                ),
                Note = MailNote.Trim(),
                OnResolve = MailOnResolve,
            };
        if (WebhookUrl.Trim().Length > 0)
            yield return new WebhookAction
            {
                Id = before.OfType<WebhookAction>().FirstOrDefault()?.Id ?? "",
                Name = "webhook",
                Url = WebhookUrl.Trim(),
                OnResolve = MailOnResolve,
                HasSecret = WebhookHasSecret,
                NewSecret = WebhookSecret.Length == 0 ? null : WebhookSecret,
            };
        foreach (var other in before.OfType<EmailAction>().Skip(1))
            yield return other;
        foreach (var other in before.OfType<WebhookAction>().Skip(1))
            yield return other;
    }
}
