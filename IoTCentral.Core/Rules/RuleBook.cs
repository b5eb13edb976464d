using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules;

/// <summary>What people and programs do with rules.</summary>
public sealed class RuleBook(
    IRuleStore store,
    TemplateCatalog templates,
    RuleSecrets secrets,
    ChangeFeed changes,
    TimeProvider time
)
{
    public Task<IReadOnlyList<RuleListItem>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permission.ViewRules);
        return store.ListAsync(caller.Tenant, ct);
    }

    /// <exception cref="NotFoundException"><c>rule.unknown</c>.</exception>
    public async Task<Rule> GetAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permission.ViewRules);
        return await store.FindAsync(caller.Tenant, id, ct) ?? throw Unknown(id);
    }

    /// <summary>The words of the rule's template, for sentences.</summary>
    public async Task<RuleVocabulary> VocabularyAsync(Caller caller, string templateId, CancellationToken ct)
    {
        caller.Demand(Permission.ViewRules);
        return new(await templates.FindAsync(caller.Tenant, templateId, ct));
    }

    /// <summary>Every fault, each with its path; empty: it can be saved.</summary>
    public async Task<IReadOnlyList<Fault>> CheckAsync(Caller caller, Rule rule, CancellationToken ct)
    {
        caller.Demand(Permission.ViewRules);
        var template = await templates.FindAsync(caller.Tenant, rule.TemplateId, ct);
        return template is null && rule.TemplateId.Length > 0
            ? [new("templateId", $"There is no device template with the id '{rule.TemplateId}'.")]
            : RuleCheck.Faults(rule, template is null ? null : new RuleVocabulary(template));
    }

    /// <exception cref="ConflictException"><c>rule.id-taken</c>.</exception>
    /// <exception cref="InvalidRequestException"><c>rule.invalid</c>, with every fault.</exception>
    public async Task<Rule> AddAsync(Caller caller, Rule rule, CancellationToken ct)
    {
        caller.Demand(Permission.ManageRules);
        var now = time.GetUtcNow();
        var clean = await CleanAsync(caller, rule, null, ct);
        var added = await store.AddAsync(
            clean with
            {
                CreatedAt = now,
                UpdatedAt = now,
            },
            caller.Audit("rule.create", clean.Id, clean.Name, after: RuleJson.Write(clean.Definition)),
            ct
        );
        return Tell(added);
    }

    /// <summary>
    /// Saves a rule that was read before. When it looks at something else than before, or is turned off, its alerts end
    /// as "rule changed".
    /// </summary>
    /// <exception cref="StaleEditException">Somebody else saved in between.</exception>
    public async Task<Rule> UpdateAsync(Caller caller, Rule rule, CancellationToken ct)
    {
        caller.Demand(Permission.ManageRules);
        var before = await store.FindAsync(caller.Tenant, rule.Id, ct) ?? throw Unknown(rule.Id);
        var clean = await CleanAsync(caller, rule, before, ct);
        var endAlerts =
            !clean.IsEnabled
            || clean.TemplateId != before.TemplateId
            || !clean.Definition.LooksAtTheSameAs(before.Definition);
        var saved = await store.UpdateAsync(
            clean,
            endAlerts,
            caller.Audit(
                "rule.update",
                clean.Id,
                clean.Name,
                RuleJson.Write(before.Definition),
                RuleJson.Write(clean.Definition)
            ),
            ct
        );
        return Tell(saved);
    }

    /// <summary>Creates or replaces; last write wins.</summary>
    public async Task<Rule> PutAsync(Caller caller, Rule rule, CancellationToken ct)
    {
        caller.Demand(Permission.ManageRules);
        return await store.FindAsync(caller.Tenant, rule.Id, ct) is { } known
            ? await UpdateAsync(caller, rule with { Version = known.Version }, ct)
            : await AddAsync(caller, rule, ct);
    }

    /// <summary>Turns the rule on or off. Turning it on also starts one again that the program had set aside.</summary>
    public async Task<Rule> EnableAsync(Caller caller, string id, bool isEnabled, CancellationToken ct)
    {
        caller.Demand(Permission.ManageRules);
        var rule = await store.FindAsync(caller.Tenant, id, ct) ?? throw Unknown(id);
        if (rule.IsEnabled == isEnabled && rule.StoppedReason is null)
            return rule;
        if (rule.Definition.Conditions.Count == 0)
            throw new ConflictException(
                "rule.unreadable",
                "This rule's definition cannot be read, so it can only be saved anew or deleted."
            );
        var saved = await store.UpdateAsync(
            rule with
            {
                IsEnabled = isEnabled,
                UpdatedAt = time.GetUtcNow(),
                UpdatedBy = caller.Actor.Name,
            },
            endAlerts: !isEnabled,
            caller.Audit(isEnabled ? "rule.enable" : "rule.disable", id, rule.Name),
            ct
        );
        return Tell(saved);
    }

    /// <exception cref="NotFoundException"><c>rule.unknown</c>.</exception>
    public async Task DeleteAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permission.ManageRules);
        var rule = await store.FindAsync(caller.Tenant, id, ct) ?? throw Unknown(id);
        var audit = caller.Audit("rule.delete", id, rule.Name, before: RuleJson.Write(rule.Definition));
        if (!await store.DeleteAsync(caller.Tenant, id, time.GetUtcNow(), audit, ct))
            throw Unknown(id);
        Tell(rule);
    }

    private async Task<Rule> CleanAsync(Caller caller, Rule rule, Rule? before, CancellationToken ct)
    {
        var named = rule with
        {
            TenantId = caller.Tenant,
            Name = rule.Name.Trim(),
            Definition = rule.Definition with { Actions = WithIds(rule.Definition.Actions) },
            UpdatedAt = time.GetUtcNow(),
            UpdatedBy = caller.Actor.Name,
        };
        var faults = await CheckAsync(caller with { Permissions = PermissionSet.All }, named, ct);
        if (faults.Count > 0)
            throw new InvalidRequestException("rule.invalid", faults);
        return secrets.Keep(named, before);
    }

    /// <summary>Actions without an id get one that no other has.</summary>
    private static List<RuleAction> WithIds(IReadOnlyList<RuleAction> actions)
    {
        var taken = actions.Select(a => a.Id).ToHashSet(StringComparer.Ordinal);
        var next = 1;
        return
        [
            .. actions.Select(a =>
            {
                if (a.Id.Length > 0)
                    return a;
                while (!taken.Add($"action-{next}"))
                    next++;
                return a with { Id = $"action-{next}" };
            }),
        ];
    }

    private Rule Tell(Rule rule)
    {
        changes.Publish(new(rule.TenantId, ChangeKind.Rule, Id: rule.Id));
        return rule;
    }

    private static NotFoundException Unknown(string id) => new("rule.unknown", $"There is no rule with the id '{id}'.");
}
