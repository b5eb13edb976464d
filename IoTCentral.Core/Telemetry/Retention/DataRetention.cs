using System.Globalization;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Telemetry.Retention;

/// <summary>How long an application keeps what its devices send, for who runs it.</summary>
public sealed class DataRetention(
    IRetentionStore store,
    IDeviceStore devices,
    ITemplateStore templates,
    InstallationOptions options,
    TimeProvider time
)
{
    private const int MostReason = 500;

    /// <summary>The rules that count and the holds, the newest hold first.</summary>
    public async Task<RetentionPlan> GetAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permission.ManageApplication);
        var rules = await store.RulesAsync(caller.Tenant, ct);
        return new()
        {
            Installation = RetentionRule.Of(options.Storage),
            Application = rules.GetValueOrDefault("", RetentionRule.None),
            Templates = rules.Where(r => r.Key.Length > 0).ToDictionary(),
            Holds = await store.HoldsAsync(caller.Tenant, ct),
        };
    }

    /// <param name="template">Null: the application's own rule.</param>
    /// <exception cref="InvalidRequestException">Days that cannot be, or a template that is not there.</exception>
    public async Task SaveAsync(Caller caller, string? template, RetentionRule rule, CancellationToken ct)
    {
        caller.Demand(Permission.ManageApplication);
        Check(rule.MessageDays, "messageDays");
        Check(rule.PointDays, "pointDays");
        Check(rule.RollupDays, "rollupDays");
        if (template is not null && (await templates.ListAsync(caller.Tenant, ct)).All(t => t.Id != template))
            throw new InvalidRequestException("retention.template", $"There is no template '{template}'.");
        var known = (await store.RulesAsync(caller.Tenant, ct)).GetValueOrDefault(template ?? "", RetentionRule.None);
        if (known == rule)
            return;
        var audit = caller.Audit("retention.change", template ?? "application") with
        {
            Before = Json(known),
            After = Json(rule),
        };
        await store.SaveAsync(caller.Tenant, template ?? "", rule, audit, ct);
    }

    /// <param name="deviceId">Null: all of the application.</param>
    /// <exception cref="InvalidRequestException">No reason, or a device that is not there.</exception>
    public async Task<LegalHold> PlaceAsync(Caller caller, string? deviceId, string reason, CancellationToken ct)
    {
        caller.Demand(Permission.ManageApplication);
        reason = reason.Trim();
        if (reason.Length is 0 or > MostReason)
            throw new InvalidRequestException(
                "legal-hold.reason",
                [new Fault("reason", $"A hold has a reason of 1 to {MostReason} characters.")]
            );
        var device = deviceId is null ? null : await devices.FindAsync(caller.Tenant, deviceId, ct);
        if (deviceId is not null && device is null)
            throw new InvalidRequestException(
                "legal-hold.device",
                [new Fault("deviceId", $"There is no device '{deviceId}'.")]
            );
        var hold = new LegalHold(Guid.CreateVersion7(), device?.Id, reason, time.GetUtcNow(), caller.Actor.Name);
        var audit = caller.Audit("legal-hold.place", device?.Id ?? "application") with { After = Json(hold) };
        await store.PlaceAsync(caller.Tenant, hold, device?.Key, audit, ct);
        return hold;
    }

    /// <exception cref="NotFoundException">It is lifted already.</exception>
    public async Task LiftAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permission.ManageApplication);
        var hold = (await store.HoldsAsync(caller.Tenant, ct)).FirstOrDefault(h => h.Id == id);
        var audit = hold is null
            ? null
            : caller.Audit("legal-hold.lift", hold.DeviceId ?? "application") with
            {
                Before = Json(hold),
            };
        if (audit is null || !await store.LiftAsync(caller.Tenant, id, audit, ct))
            throw new NotFoundException("legal-hold.not-found", "There is no such hold any more.");
    }

    /// <summary>What is stored, as it was counted last; null: it has not been counted yet.</summary>
    public Task<StorageUse?> FindUseAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permission.ManageApplication);
        return store.FindUseAsync(caller.Tenant, ct);
    }

    private static void Check(int? days, string field)
    {
        if (days is < 0 or > RetentionRule.MostDays)
            throw new InvalidRequestException(
                "retention.days",
                [
                    new Fault(
                        field,
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"Data is kept for 1 to {RetentionRule.MostDays:N0} days, or for ever (0)."
                        )
                    ),
                ]
            );
    }

    private static string Json(RetentionRule rule) =>
        System.Text.Json.JsonSerializer.Serialize(
            new
            {
                rule.MessageDays,
                rule.PointDays,
                rule.RollupDays,
            }
        );

    private static string Json(LegalHold hold) =>
        System.Text.Json.JsonSerializer.Serialize(
            new
            {
                hold.DeviceId,
                hold.Reason,
                hold.PlacedAt,
                hold.PlacedBy,
            }
        );
}
