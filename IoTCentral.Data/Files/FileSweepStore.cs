using IoTCentral.Core.Files;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Files;

/// <summary>Time passes for the files of all tenants.</summary>
internal sealed class FileSweepStore(SystemDb db) : IFileSweepStore
{
    public async Task<IReadOnlyList<(TenantId Tenant, Guid Upload)>> SweepUploadsAsync(
        DateTimeOffset now,
        DateTimeOffset forget,
        CancellationToken ct
    )
    {
        var freed = await db.QueryAsync<(int Tenant, Guid Upload)>(
            """
            update device_file set staged = 0
            where (tenant_id, id) in (select tenant_id, id from device_file where staged > 0 and expires <= @now)
            returning tenant_id, id
            """,
            new { now = now.UtcDateTime },
            ct
        );
        await db.ExecuteAsync(
            """
            delete from device_file
            where (tenant_id, id) in (select tenant_id, id from device_file where content_id is null and expires <= @forget)
            """,
            new { forget = forget.UtcDateTime },
            ct
        );
        return [.. freed.Select(f => (new TenantId(f.Tenant), f.Upload))];
    }

    public async Task<IReadOnlyList<(TenantId Tenant, LooseFile File)>> ForgetFilesAsync(
        DateTimeOffset storedBefore,
        int most,
        CancellationToken ct
    )
    {
        var gone = await db.QueryAsync<(int Tenant, Guid Id, string Place)>(
            """
            delete from device_file
            where (tenant_id, id) in (
              select tenant_id, id from device_file where content_id is not null and stored_at < @before limit @most
            )
            returning tenant_id, content_id, place
            """,
            new { before = storedBefore.UtcDateTime, most },
            ct
        );
        return [.. gone.Select(g => (new TenantId(g.Tenant), new LooseFile(g.Id, g.Place)))];
    }

    public async Task<IReadOnlyList<(TenantId Tenant, LooseFile File)>> DueRemovalsAsync(
        DateTimeOffset now,
        DateTimeOffset giveUp,
        int most,
        CancellationToken ct
    )
    {
        await db.ExecuteAsync(
            """
            delete from file_removal
            where (tenant_id, place, content_id) in (
              select tenant_id, place, content_id from file_removal where since < @giveUp
            )
            """,
            new { giveUp = giveUp.UtcDateTime },
            ct
        );
        var due = await db.QueryAsync<(int Tenant, Guid Id, string Place)>(
            """
            select tenant_id, content_id, place from file_removal
            where next_at <= @now
            order by next_at
            limit @most
            """,
            new { now = now.UtcDateTime, most },
            ct
        );
        return [.. due.Select(d => (new TenantId(d.Tenant), new LooseFile(d.Id, d.Place)))];
    }

    public Task RemovedAsync(
        IReadOnlyCollection<(TenantId Tenant, LooseFile File)> files,
        DateTimeOffset? again,
        CancellationToken ct
    )
    {
        var args = new
        {
            tenants = files.Select(f => f.Tenant.Value).ToArray(),
            ids = files.Select(f => f.File.Id).ToArray(),
            places = files.Select(f => f.File.Place).ToArray(),
            again = again?.UtcDateTime,
        };
        return db.ExecuteAsync(
            again is null
                ? """
                delete from file_removal r using unnest(@tenants, @ids, @places) f (tenant_id, content_id, place)
                where r.tenant_id = f.tenant_id and r.place = f.place and r.content_id = f.content_id
                """
                : """
                update file_removal r set next_at = @again
                from unnest(@tenants, @ids, @places) f (tenant_id, content_id, place)
                where r.tenant_id = f.tenant_id and r.place = f.place and r.content_id = f.content_id
                """,
            args,
            ct
        );
    }

    public async Task<IReadOnlySet<FolderEntry>> KnownAsync(
        IReadOnlyCollection<FolderEntry> entries,
        CancellationToken ct
    )
    {
        var known = await db.QueryAsync<(int Tenant, Guid Id, bool IsUpload)>(
            """
            with entry as (select * from unnest(@tenants, @ids, @uploads) e (tenant_id, id, is_upload))
            select e.tenant_id, e.id, e.is_upload from entry e
            join device_file f on f.tenant_id = e.tenant_id and f.content_id = e.id
            where not e.is_upload
            union all
            select e.tenant_id, e.id, e.is_upload from entry e
            join device_file f on f.tenant_id = e.tenant_id and f.id = e.id
            where e.is_upload and f.staged > 0
            """,
            new
            {
                tenants = entries.Select(e => e.Tenant.Value).ToArray(),
                ids = entries.Select(e => e.Id).ToArray(),
                uploads = entries.Select(e => e.IsUpload).ToArray(),
            },
            ct
        );
        return known.Select(k => new FolderEntry(new TenantId(k.Tenant), k.Id, k.IsUpload)).ToHashSet();
    }
}
