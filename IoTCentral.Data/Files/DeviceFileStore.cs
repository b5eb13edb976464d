using System.Globalization;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Files;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Files;

internal sealed class DeviceFileStore(TenantDb db) : IDeviceFileStore
{
    public Task<RoomAnswer> OpenAsync(
        TenantId tenant,
        FileUpload upload,
        (DateTimeOffset Now, int MostOpen, long MostBytes) limits,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                await LockAsync(t, upload.DeviceKey);
                if (limits.MostBytes > 0 && await UsageAsync(t) >= limits.MostBytes)
                    return RoomAnswer.Full;
                var opened = await t.ExecuteAsync(
                    """
                    insert into device_file (id, device_key, name, opened_at, expires)
                    select @Id, @DeviceKey, @Name, @now, @expires
                    where @most > (
                      select count(*) from device_file
                      where device_key = @DeviceKey and ended_at is null and expires > @now
                    )
                    """,
                    new
                    {
                        upload.Id,
                        upload.DeviceKey,
                        upload.Name,
                        now = limits.Now.UtcDateTime,
                        expires = upload.Expires.UtcDateTime,
                        most = limits.MostOpen,
                    }
                );
                return opened > 0 ? RoomAnswer.Granted : RoomAnswer.Refused;
            },
            ct
        );

    public async Task<FileUpload?> FindUploadAsync(TenantId tenant, Guid id, CancellationToken ct) =>
        (
            await db.FindAsync<UploadRow>(
                tenant,
                $"""
                select f.id as upload_id, f.device_key, d.id as device_id, f.expires, f.ended_at,
                  d.is_blocked or a.is_suspended as is_barred, {FileRow.Columns}
                from device_file f
                join device d on d.device_key = f.device_key
                join application a on a.tenant_id = d.tenant_id
                where f.id = @id
                """,
                new { id },
                ct
            )
        )?.ToUpload();

    public async Task<RoomAnswer> ReserveAsync(
        TenantId tenant,
        Guid upload,
        RoomWanted room,
        (DateTimeOffset Now, RoomLimits Limits) when,
        CancellationToken ct
    )
    {
        try
        {
            return await db.TransactionAsync(
                tenant,
                async t =>
                {
                    var reserved = await t.ExecuteAsync(
                        """
                        update device_file
                        set staged = case when @IsTotal then greatest(staged, @Bytes) else staged + @Bytes end
                        where id = @upload and ended_at is null and expires > @now
                          and (@IsTotal or staged + @Bytes <= @most)
                        """,
                        new
                        {
                            upload,
                            room.Bytes,
                            room.IsTotal,
                            now = when.Now.UtcDateTime,
                            most = when.Limits.Upload,
                        }
                    );
                    if (reserved == 0)
                        return RoomAnswer.Refused;
                    // counted by now, and nobody else counts until we are done
                    if (when.Limits.Application > 0 && await UsageAsync(t) > when.Limits.Application)
                        throw new FullException();
                    return RoomAnswer.Granted;
                },
                ct
            );
        }
        catch (FullException)
        {
            return RoomAnswer.Full;
        }
    }

    public Task ReleaseAsync(TenantId tenant, Guid upload, long bytes, CancellationToken ct) =>
        db.ExecuteAsync(
            tenant,
            "update device_file set staged = greatest(staged - @bytes, 0) where id = @upload",
            new { upload, bytes },
            ct
        );

    public Task<IReadOnlyList<LooseFile>?> StoreAsync(
        TenantId tenant,
        Guid upload,
        DeviceFile file,
        bool onlyNew,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var key = await t.FindAsync<long?>(
                    "select device_key from device_file where id = @upload",
                    new { upload }
                );
                if (key is null)
                    return null;
                await LockAsync(t, key.Value);
                // what is open still belongs to its upload, which only loses what it has
                var loose = await t.QueryAsync<LooseRow>(
                    """
                    select content_id as id, place from device_file
                    where device_key = @key and name = @Name and content_id is not null
                    """,
                    new { key, file.Name }
                );
                if (onlyNew && loose.Count > 0)
                    throw new ConflictException("file.exists", "The device has a file of this name already.");
                await t.ExecuteAsync(
                    """
                    with replaced as (
                      delete from device_file
                      where device_key = @key and name = @Name and content_id is not null and ended_at is not null
                    )
                    update device_file
                    set content_id = null, place = null, size = null, content_type = null, md5 = null, stored_at = null
                    where device_key = @key and name = @Name and content_id is not null and ended_at is null
                    """,
                    new { key, file.Name }
                );
                var stored = await t.ExecuteAsync(
                    """
                    update device_file
                    set content_id = @Id, place = @Place, size = @Size, content_type = @ContentType, md5 = @Md5,
                      stored_at = @at, staged = 0
                    where id = @upload and ended_at is null and expires > @at
                    """,
                    new
                    {
                        upload,
                        file.Id,
                        file.Place,
                        file.Size,
                        file.ContentType,
                        file.Md5,
                        at = file.StoredAt.UtcDateTime,
                    }
                );
                return stored == 0
                    ? throw new ConflictException(
                        "file.ended",
                        "The device has said how this upload went, or its hour is over. Ask for another one."
                    )
                    : (IReadOnlyList<LooseFile>?)[.. loose.Select(l => new LooseFile(l.Id, l.Place))];
            },
            ct
        );

    public async Task<EndAnswer> EndAsync(
        TenantId tenant,
        long deviceKey,
        Guid upload,
        (UploadReport Report, DateTimeOffset Now) end,
        CancellationToken ct
    )
    {
        var answer = await db.FindAsync<string>(
            tenant,
            """
            with ended as (
              update device_file
              set ended_at = @now, is_success = @IsSuccess, status_code = @StatusCode,
                status_description = left(@StatusDescription, 1000), staged = 0
              where id = @upload and device_key = @deviceKey and ended_at is null and expires > @now
              returning 'ended'
            )
            select * from ended
            union all
            -- said twice: its answer was lost
            select case when ended_at is null then 'expired' else 'ended' end from device_file
            where id = @upload and device_key = @deviceKey
            order by 1 limit 1
            """,
            new
            {
                upload,
                deviceKey,
                end.Report.IsSuccess,
                end.Report.StatusCode,
                StatusDescription = end.Report.StatusDescription?.Replace('\0', '?'),
                now = end.Now.UtcDateTime,
            },
            ct
        );
        return answer switch
        {
            "ended" => EndAnswer.Ended,
            "expired" => EndAnswer.Expired,
            _ => EndAnswer.Unknown,
        };
    }

    public async Task<Page<DeviceFile>> ListAsync(
        TenantId tenant,
        long deviceKey,
        string? search,
        (Guid? Before, int Limit) page,
        CancellationToken ct
    )
    {
        // of one device, so that looking at each name is no harm
        var rows = await db.QueryAsync<FileRow>(
            tenant,
            $"""
            select {FileRow.Columns}
            from device_file f
            where f.device_key = @deviceKey and f.content_id is not null
              and (@before::uuid is null or f.content_id < @before)
              and (@search::text is null or strpos(lower(f.name), lower(@search)) > 0)
            order by f.content_id desc
            limit @take
            """,
            new
            {
                deviceKey,
                search,
                before = page.Before,
                take = page.Limit + 1,
            },
            ct
        );
        var files = rows.Select(r => r.ToFile()).ToList();
        return files.Count <= page.Limit
            ? new(files, null)
            : new([.. files.Take(page.Limit)], files[page.Limit - 1].Id.ToString(null, CultureInfo.InvariantCulture));
    }

    public async Task<DeviceFile?> FindAsync(TenantId tenant, long deviceKey, Guid id, CancellationToken ct) =>
        (
            await db.FindAsync<FileRow>(
                tenant,
                $"select {FileRow.Columns} from device_file f where f.device_key = @deviceKey and f.content_id = @id",
                new { deviceKey, id },
                ct
            )
        )?.ToFile();

    public Task<bool> DeleteAsync(TenantId tenant, long deviceKey, Guid id, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var deleted = await t.ExecuteAsync(
                    "delete from device_file where device_key = @deviceKey and content_id = @id",
                    new { deviceKey, id }
                );
                if (deleted > 0)
                    await t.AuditAsync(audit);
                return deleted > 0;
            },
            ct
        );

    public Task<long> UsageAsync(TenantId tenant, CancellationToken ct) =>
        db.FindAsync<long>(tenant, "select bytes from file_usage", null, ct);

    /// <summary>One upload a device at a time, so that counts and names hold.</summary>
    private static Task<int> LockAsync(TenantTransaction t, long deviceKey) =>
        t.ExecuteAsync("select from device where device_key = @deviceKey for no key update", new { deviceKey });

    private static Task<long> UsageAsync(TenantTransaction t) =>
        t.FindAsync<long>("select bytes from file_usage", null);

    private sealed record LooseRow
    {
        public required Guid Id { get; init; }
        public required string Place { get; init; }
    }

    /// <summary>Takes back what was just reserved.</summary>
    private sealed class FullException : Exception;
}
