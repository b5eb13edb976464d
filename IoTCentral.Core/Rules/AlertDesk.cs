using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Rules.Notices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules;

/// <summary>An alert with what happened to it, oldest first.</summary>
public sealed record AlertHistory(Alert Alert, IReadOnlyList<AlertEvent> Events);

/// <summary>What people do with alerts.</summary>
public sealed class AlertDesk(
    IAlertStore store,
    IRuleStore rules,
    IRuleDeviceSource devices,
    ITenantStore tenants,
    AlertNotices notices,
    ChangeFeed changes,
    TimeProvider time
)
{
    private const int MaxNote = 4_000;

    /// <summary>Newest first; <paramref name="after"/> is the last page's <see cref="Page{T}.Next"/>.</summary>
    public Task<Page<Alert>> ListAsync(
        Caller caller,
        AlertFilter filter,
        string? after,
        int limit,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ViewAlerts);
        return store.ListAsync(caller.Tenant, filter, after, limit, ct);
    }

    /// <summary>Open and acknowledged ones, for the badge.</summary>
    public Task<long> CountUnresolvedAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permission.ViewAlerts);
        return store.CountUnresolvedAsync(caller.Tenant, ct);
    }

    /// <exception cref="NotFoundException"><c>alert.unknown</c>.</exception>
    public async Task<AlertHistory> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permission.ViewAlerts);
        var alert = await store.FindAsync(caller.Tenant, id, ct) ?? throw Unknown();
        return new(alert, await store.EventsAsync(caller.Tenant, id, ct));
    }

    /// <summary>Somebody looks after it; with a note on what is done. On an acknowledged alert it adds the note.</summary>
    /// <exception cref="ConflictException"><c>alert.resolved</c>.</exception>
    public async Task AcknowledgeAsync(Caller caller, Guid id, string note, CancellationToken ct)
    {
        caller.Demand(Permission.HandleAlerts);
        var alert = await GetForActAsync(caller, id, note, ct);
        var action = alert.Status == AlertStatus.Open ? "alert.acknowledge" : "alert.note";
        if (!await store.AcknowledgeAsync(caller.Tenant, Act(caller, alert, note, action), ct))
            throw Resolved();
        Tell(caller, alert);
    }

    /// <summary>
    /// Ends it by hand. While its conditions are still true a reason is needed, and the rule stays silent on the device
    /// until they have been false once.
    /// </summary>
    /// <exception cref="InvalidRequestException"><c>alert.reason-needed</c>.</exception>
    /// <exception cref="ConflictException"><c>alert.resolved</c>.</exception>
    public async Task ResolveAsync(Caller caller, Guid id, string reason, CancellationToken ct)
    {
        caller.Demand(Permission.HandleAlerts);
        var alert = await GetForActAsync(caller, id, reason, ct);
        var act = Act(caller, alert, reason, "alert.resolve");
        var told = await NoticesAsync(alert, act, ct);
        if (!await store.ResolveAsync(caller.Tenant, act, told, ct))
            throw Resolved();
        Tell(caller, alert);
    }

    private async Task<Alert> GetForActAsync(Caller caller, Guid id, string note, CancellationToken ct)
    {
        if (note.Length > MaxNote)
            throw new InvalidRequestException(
                "alert.note-too-long",
                [new Fault("note", $"A note has at most {MaxNote} characters.")]
            );
        var alert = await store.FindAsync(caller.Tenant, id, ct) ?? throw Unknown();
        return alert.Status == AlertStatus.Resolved ? throw Resolved() : alert;
    }

    private AlertAct Act(Caller caller, Alert alert, string note, string action) =>
        new()
        {
            AlertId = alert.Id,
            At = time.GetUtcNow(),
            Note = note.Trim(),
            ActorName = caller.Actor.Name,
            Audit = caller.Audit(action, alert.Id.ToString(), $"{alert.RuleName}: {alert.DeviceName}"),
        };

    /// <summary>The notices of rules that tell when an alert is resolved.</summary>
    private async Task<IReadOnlyList<Outbox.OutboxMessage>> NoticesAsync(
        Alert alert,
        AlertAct act,
        CancellationToken ct
    )
    {
        var rule = await rules.FindAsync(alert.TenantId, alert.RuleId, ct);
        if (rule is null || !rule.Definition.Actions.Any(a => a.OnResolve))
            return [];
        var application = await tenants.FindAsync(alert.TenantId, ct);
        var details = await devices.DetailsAsync(alert.TenantId, [alert.DeviceKey], ct);
        if (application is null || !details.TryGetValue(alert.DeviceKey, out var device))
            return [];
        var notice = new AlertNotice
        {
            Application = application,
            Rule = rule,
            Alert = alert with
            {
                Status = AlertStatus.Resolved,
                ResolvedAt = act.At,
                ResolvedBy = AlertEnd.Person,
                ResolvedReason = act.Note,
            },
            Moment = AlertMoment.Resolved,
            Device = device,
        };
        return await notices.ComposeAsync([notice], ct);
    }

    private void Tell(Caller caller, Alert alert) =>
        changes.Publish(new(caller.Tenant, ChangeKind.Alert, alert.DeviceKey, alert.Id.ToString()));

    private static NotFoundException Unknown() => new("alert.unknown", "There is no such alert.");

    private static ConflictException Resolved() => new("alert.resolved", "This alert is resolved already.");
}
