using System.Text.Json;
using System.Text.RegularExpressions;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>An enrollment group as somebody wants it; null members stay as they are (or get their default).</summary>
public sealed record EnrollmentGroupWish
{
    public string? DisplayName { get; init; }
    public bool? IsEnabled { get; init; }

    /// <summary>iot or iotEdge.</summary>
    public string? Type { get; init; }

    /// <summary>Settled when the group is made; null: as it is, by key for a new one.</summary>
    public Attestation? Attestation { get; init; }

    /// <summary>Null: as they are, the usual ones for a new group.</summary>
    public EnrollmentTerms? Terms { get; init; }

    /// <summary>Base64; null: stays, or is made at random for a new group.</summary>
    public string? PrimaryKey { get; init; }
    public string? SecondaryKey { get; init; }

    /// <summary>Refused as stale when the stored version is another; null: last write wins.</summary>
    public int? ExpectedVersion { get; init; }
}

/// <summary>The ways in which an application's devices may register by themselves.</summary>
public sealed partial class EnrollmentGroups(
    IEnrollmentStore store,
    IAuditLog log,
    KeyBox box,
    ChangeFeed changes,
    TimeProvider time
) : IApplicationPart
{
    public Task<IReadOnlyList<EnrollmentGroup>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permission.ViewConnectivity);
        return store.GroupsAsync(caller.Tenant, ct);
    }

    /// <exception cref="NotFoundException"><c>enrollment-group.not-found</c>.</exception>
    public async Task<EnrollmentGroup> GetAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permission.ViewConnectivity);
        return await FindAsync(caller, id, ct) ?? throw NotFound(id);
    }

    /// <summary>The group's keys; that they were read is audited, since who has them can register any device.</summary>
    /// <exception cref="ConflictException"><c>enrollment-group.no-keys</c>: its devices have certificates.</exception>
    public async Task<KeyPair> KeysAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permission.ManageConnectivity);
        var group = await FindAsync(caller, id, ct) ?? throw NotFound(id);
        var keys = box.Unwrap(group.Keys ?? throw NoKeys(id), KeyBox.PlaceOfGroup(caller.Tenant, id));
        await log.AddAsync(caller.Tenant, caller.Audit("enrollment-group.show-keys", id, group.DisplayName), ct);
        return keys;
    }

    /// <summary>Creates the group or replaces it; keys that are not given stay, or are made for a new group.</summary>
    public async Task<EnrollmentGroup> PutAsync(
        Caller caller,
        string id,
        EnrollmentGroupWish wish,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ManageConnectivity);
        if (await FindAsync(caller, id, ct) is { } current)
            return await ChangeAsync(caller, current, wish, "enrollment-group.update", ct);
        var made = Make(caller.Tenant, id, wish);
        var audit = caller.Audit("enrollment-group.create", id, made.DisplayName, after: Describe(made));
        if (!await store.AddGroupAsync(made, audit, ct))
            throw new ConflictException("enrollment-group.id-taken", $"A group with the id '{id}' already exists.");
        return Tell(made);
    }

    /// <summary>Changes what is given.</summary>
    public async Task<EnrollmentGroup> PatchAsync(
        Caller caller,
        string id,
        EnrollmentGroupWish wish,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ManageConnectivity);
        var current = await FindAsync(caller, id, ct) ?? throw NotFound(id);
        return await ChangeAsync(caller, current, wish, "enrollment-group.update", ct);
    }

    /// <summary>
    /// Makes a new key in place of one. Devices that sign with the old one are refused from now on; those that sign
    /// with the other go on, which is how a fleet moves without a gap.
    /// </summary>
    public async Task<EnrollmentGroup> RollAsync(Caller caller, string id, bool primary, CancellationToken ct)
    {
        caller.Demand(Permission.ManageConnectivity);
        var current = await FindAsync(caller, id, ct) ?? throw NotFound(id);
        if (current.Keys is null)
            throw NoKeys(id);
        var key = DeviceKey.New();
        var wish = primary ? new EnrollmentGroupWish { PrimaryKey = key } : new() { SecondaryKey = key };
        return await ChangeAsync(caller, current, wish, "enrollment-group.roll-key", ct);
    }

    /// <summary>Deletes the group. Its devices stay and connect by the default group's keys, if they have them.</summary>
    /// <exception cref="NotFoundException"><c>enrollment-group.not-found</c>.</exception>
    /// <exception cref="ConflictException"><c>enrollment-group.default</c>: new devices' keys come from it.</exception>
    public async Task DeleteAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permission.ManageConnectivity);
        var current = await FindAsync(caller, id, ct) ?? throw NotFound(id);
        if (id == EnrollmentGroup.DefaultId)
            throw new ConflictException(
                "enrollment-group.default",
                $"The group '{id}' cannot be deleted: the keys of new devices come from it. Disable it to let nobody register by it."
            );
        var audit = caller.Audit("enrollment-group.delete", id, current.DisplayName, before: Describe(current));
        if (!await store.DeleteGroupAsync(caller.Tenant, id, audit, ct))
            throw NotFound(id);
        Tell(current);
    }

    /// <summary>The default group of a new application, with a pasted primary key if there is one.</summary>
    async Task IApplicationPart.FurnishAsync(Application application, Furnishing wishes, CancellationToken ct)
    {
        var tenant = application.TenantId;
        if (await store.FindGroupAsync(tenant, EnrollmentGroup.DefaultId, ct) is not null)
            return;
        var wish = new EnrollmentGroupWish { PrimaryKey = wishes.GroupKey };
        var made = Make(tenant, EnrollmentGroup.DefaultId, wish);
        var audit = Caller.System(tenant).Audit("enrollment-group.create", made.Id, made.DisplayName);
        await store.AddGroupAsync(made, audit, ct);
    }

    private Task<EnrollmentGroup?> FindAsync(Caller caller, string id, CancellationToken ct) =>
        store.FindGroupAsync(caller.Tenant, id, ct);

    private EnrollmentGroup Make(TenantId tenant, string id, EnrollmentGroupWish wish)
    {
        if (!LegalId().IsMatch(id))
            throw new InvalidRequestException(
                "enrollment.invalid",
                [new Fault("id", "A group id has 1 to 255 letters, digits and hyphens.")]
            );
        var keys =
            wish.Attestation == Attestation.X509
                ? null
                : new KeyPair(wish.PrimaryKey ?? DeviceKey.New(), wish.SecondaryKey ?? DeviceKey.New());
        DemandFitting(wish, keys is null);
        return Checked(
            new EnrollmentGroup
            {
                TenantId = tenant,
                Id = id,
                DisplayName = wish.DisplayName ?? id,
                IsEnabled = wish.IsEnabled ?? true,
                Type = wish.Type ?? "iot",
                Keys = keys is null ? null : box.Wrap(keys, KeyBox.PlaceOfGroup(tenant, id)),
                Terms = wish.Terms ?? EnrollmentTerms.Usual,
                CreatedAt = time.GetUtcNow(),
            }
        );
    }

    private async Task<EnrollmentGroup> ChangeAsync(
        Caller caller,
        EnrollmentGroup current,
        EnrollmentGroupWish wish,
        string action,
        CancellationToken ct
    )
    {
        if (wish.Attestation is { } attestation && attestation != current.Attestation)
            throw new InvalidRequestException(
                "enrollment.invalid",
                [new Fault("attestation.type", "How a group attests is settled when it is made. Make another group.")]
            );
        DemandFitting(wish, current.Keys is null);
        var place = KeyBox.PlaceOfGroup(caller.Tenant, current.Id);
        var keys = current.Keys is null ? null : box.Unwrap(current.Keys, place);
        var wanted = keys is null
            ? null
            : new KeyPair(wish.PrimaryKey ?? keys.Primary, wish.SecondaryKey ?? keys.Secondary);
        var changed = Checked(
            current with
            {
                DisplayName = wish.DisplayName ?? current.DisplayName,
                IsEnabled = wish.IsEnabled ?? current.IsEnabled,
                Type = wish.Type ?? current.Type,
                Keys = wanted is null || wanted == keys ? current.Keys : box.Wrap(wanted, place),
                Terms = wish.Terms ?? current.Terms,
                Version = wish.ExpectedVersion ?? current.Version,
            }
        );
        if (changed == current)
            return current;
        var audit = caller.Audit(
            action,
            current.Id,
            changed.DisplayName,
            Describe(current),
            Describe(changed, wanted != keys)
        );
        return Tell(await store.UpdateGroupAsync(changed, audit, ct));
    }

    private EnrollmentGroup Tell(EnrollmentGroup group)
    {
        changes.Publish(new Change(group.TenantId, ChangeKind.Keys, Id: group.Id));
        return group;
    }

    private static void DemandFitting(EnrollmentGroupWish wish, bool isByCertificate)
    {
        if (isByCertificate && (wish.PrimaryKey ?? wish.SecondaryKey) is not null)
            throw new InvalidRequestException(
                "enrollment.invalid",
                [new Fault("attestation.symmetricKey", "The devices of this group have certificates, no keys.")]
            );
    }

    private static EnrollmentGroup Checked(EnrollmentGroup group)
    {
        var faults = new List<Fault>();
        if (group.Terms.InitialTwin is { } twin && InitialTwin.FindFault(twin) is { } fault)
            faults.Add(fault);
        if (group.DisplayName.Length is 0 or > 148 || group.DisplayName.Any(char.IsControl))
            faults.Add(new("displayName", "A name has 1 to 148 characters."));
        if (group.Type is not ("iot" or "iotEdge"))
            faults.Add(new("type", "A group's type is iot or iotEdge."));
        return faults.Count == 0 ? group : throw new InvalidRequestException("enrollment.invalid", faults);
    }

    private static string Describe(EnrollmentGroup group, bool newKeys = false) =>
        JsonSerializer.Serialize(
            new
            {
                displayName = group.DisplayName,
                enabled = group.IsEnabled,
                type = group.Type,
                attestation = group.Attestation.ToString(),
                needsApproval = group.Terms.NeedsApproval,
                reprovisioning = group.Terms.Reprovisioning.ToString(),
                initialTwin = group.Terms.InitialTwin,
                keys = newKeys ? "new" : null,
            }
        );

    private static ConflictException NoKeys(string id) =>
        new("enrollment-group.no-keys", $"The devices of the group '{id}' have certificates, no keys.");

    internal static NotFoundException NotFound(string id) =>
        new("enrollment-group.not-found", $"There is no device connection group with the id '{id}'.");

    [GeneratedRegex("^[A-Za-z0-9-]{1,255}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex LegalId();
}
