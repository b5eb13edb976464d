using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Templates;

/// <summary>What people and programs do with device templates.</summary>
public sealed class TemplateBook(ITemplateStore store, ChangeFeed changes, TimeProvider time)
{
    public Task<IReadOnlyList<TemplateListItem>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permission.ViewTemplates);
        return store.ListAsync(caller.Tenant, ct);
    }

    public Task<DeviceTemplate?> FindAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permission.ViewTemplates);
        return store.FindAsync(caller.Tenant, id, ct);
    }

    /// <exception cref="NotFoundException"><c>template.unknown</c>.</exception>
    public async Task<DeviceTemplate> GetAsync(Caller caller, string id, CancellationToken ct) =>
        await FindAsync(caller, id, ct) ?? throw Unknown(id);

    /// <exception cref="ConflictException"><c>template.id-taken</c>.</exception>
    public async Task<DeviceTemplate> AddAsync(Caller caller, DeviceTemplate template, CancellationToken ct)
    {
        caller.Demand(Permission.ManageTemplates);
        var now = time.GetUtcNow();
        var added = await store.AddAsync(
            caller.Tenant,
            template with
            {
                CreatedAt = now,
                UpdatedAt = now,
                Revision = 1,
            },
            caller.Audit("template.create", template.Id, template.DisplayName, after: TemplateAudit.Of(template)),
            ct
        );
        Tell(caller, template.Id);
        return added;
    }

    /// <summary>Saves a changed template; <see cref="DeviceTemplate.Revision"/> must be the one that was read.</summary>
    /// <exception cref="StaleEditException">Somebody else saved in between.</exception>
    public async Task<DeviceTemplate> UpdateAsync(Caller caller, DeviceTemplate template, CancellationToken ct)
    {
        caller.Demand(Permission.ManageTemplates);
        // of the revision that is changed, or the store refuses the change
        var before = await store.FindAsync(caller.Tenant, template.Id, ct) ?? throw Unknown(template.Id);
        var saved = await store.UpdateAsync(
            caller.Tenant,
            template with
            {
                UpdatedAt = time.GetUtcNow(),
            },
            TemplateAudit.OfChange(caller, before, template),
            ct
        );
        Tell(caller, template.Id);
        return saved;
    }

    /// <summary>Creates or replaces, as the REST API does: the client chooses the id, last write wins.</summary>
    public async Task<DeviceTemplate> PutAsync(Caller caller, DeviceTemplate template, CancellationToken ct)
    {
        caller.Demand(Permission.ManageTemplates);
        return await store.FindAsync(caller.Tenant, template.Id, ct) is { } known
            ? await UpdateAsync(caller, template with { Revision = known.Revision, CreatedAt = known.CreatedAt }, ct)
            : await AddAsync(caller, template, ct);
    }

    /// <exception cref="ConflictException"><c>template.in-use</c>.</exception>
    /// <exception cref="NotFoundException"><c>template.unknown</c>.</exception>
    public async Task DeleteAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permission.ManageTemplates);
        var before = await store.FindAsync(caller.Tenant, id, ct) ?? throw Unknown(id);
        var audit = caller.Audit("template.delete", id, before.DisplayName, before: TemplateAudit.Of(before));
        if (!await store.DeleteAsync(caller.Tenant, id, audit, ct))
            throw Unknown(id);
        Tell(caller, id);
    }

    private void Tell(Caller caller, string id) => changes.Publish(new(caller.Tenant, ChangeKind.Template, Id: id));

    private static NotFoundException Unknown(string id) =>
        new("template.unknown", $"There is no device template with the id '{id}'.");
}
