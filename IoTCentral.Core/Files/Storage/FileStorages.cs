using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Files.Storage;

/// <summary>
/// Where an application keeps its files: in the program's folder, which needs no setting up, or in a container or
/// bucket of its own. A change concerns new files; older ones are read where they are as long as that is set up.
/// </summary>
/// <param name="foreign">Null: the process has no way out to the network.</param>
public sealed class FileStorages(
    IFileStorageStore store,
    ISecretBox box,
    TimeProvider time,
    IForeignStorage? foreign = null
)
{
    /// <summary>Null: files are in the program's folder.</summary>
    public Task<FileStorage?> FindAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permission.ManageApplication);
        return FindAsync(caller.Tenant, ct);
    }

    /// <summary>Sets it up, after it was seen that it works.</summary>
    /// <param name="expectedVersion">Null: last write wins.</param>
    /// <exception cref="InvalidRequestException"><c>file-storage.invalid</c>.</exception>
    /// <exception cref="StaleEditException">Somebody else saved in between.</exception>
    public async Task<FileStorage> SaveAsync(
        Caller caller,
        FileStorageWish wish,
        int? expectedVersion,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ManageApplication);
        var current = await FindAsync(caller.Tenant, ct);
        var wanted = new FileStorage
        {
            Target = wish.Target,
            SasTtl = wish.SasTtl ?? current?.SasTtl ?? FileUploads.Life,
            UpdatedAt = time.GetUtcNow(),
        };
        if (StorageText.FaultsOf(wanted).ToList() is { Count: > 0 } faults)
            throw new InvalidRequestException("file-storage.invalid", faults);
        if (await TryAsync(caller.Tenant, wanted, ct) is { } fault)
            throw new InvalidRequestException("file-storage.invalid", [fault]);
        var audit = caller.Audit(
            "file-storage.update",
            wanted.Place,
            before: Describe(current),
            after: Describe(wanted)
        );
        var wrapped = box.WrapText(wish.Target.Secret, PlaceOf(caller.Tenant));
        var row = new WrappedStorage(wanted with { Target = wish.Target with { Secret = "" } }, wrapped);
        var saved = await store.SaveAsync(caller.Tenant, row, expectedVersion, audit, ct);
        return saved with { Target = wish.Target };
    }

    /// <summary>From here on files are in the program's folder; what lies elsewhere stays there and is out of reach.</summary>
    /// <exception cref="NotFoundException"><c>file-storage.not-configured</c>.</exception>
    public async Task DeleteAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permission.ManageApplication);
        var current = await FindAsync(caller.Tenant, ct) ?? throw NotConfigured();
        var audit = caller.Audit("file-storage.delete", current.Place, before: Describe(current));
        if (!await store.DeleteAsync(caller.Tenant, audit, ct))
            throw NotConfigured();
    }

    public static NotFoundException NotConfigured() =>
        new(
            "file-storage.not-configured",
            "This application keeps its files in the built-in store, which needs no setting up."
        );

    internal async Task<FileStorage?> FindAsync(TenantId tenant, CancellationToken ct) =>
        await store.FindAsync(tenant, ct) is { } found
            ? found.Storage with
            {
                Target = found.Storage.Target with { Secret = box.UnwrapText(found.Secret, PlaceOf(tenant)) },
            }
            : null;

    private Task<Fault?> TryAsync(TenantId tenant, FileStorage storage, CancellationToken ct) =>
        foreign is null
            ? Task.FromResult<Fault?>(new Fault("", "This process cannot reach other stores."))
            : foreign.TryAsync(storage.Target, tenant, ct);

    private static string PlaceOf(TenantId tenant) => $"file-storage/{tenant}";

    private static string? Describe(FileStorage? storage)
    {
        if (storage is null)
            return null;
        var told = storage.Target.Describe();
        told["sasTtl"] = storage.SasTtl.ToString();
        return told.ToJsonString();
    }
}
