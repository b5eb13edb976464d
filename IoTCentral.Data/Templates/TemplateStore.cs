using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using Npgsql;

namespace IoTCentral.Data.Templates;

/// <summary>Device templates as IoT Central's JSON, with the columns that lists and look-ups need beside it.</summary>
internal sealed class TemplateStore(TenantDb db) : ITemplateStore
{
    static TemplateStore() => EnumText<TemplateStatus>.Register();

    public async Task<DeviceTemplate?> FindAsync(TenantId tenant, string id, CancellationToken ct) =>
        (
            await db.FindAsync<Row>(
                tenant,
                "select document, status, version, created_at, updated_at from device_template where id = @id",
                new { id },
                ct
            )
        )?.ToTemplate();

    public Task<IReadOnlyList<TemplateListItem>> ListAsync(TenantId tenant, CancellationToken ct) =>
        db.QueryAsync<TemplateListItem>(
            tenant,
            """
            select t.id, t.model_id, t.display_name, t.status, t.updated_at, coalesce(d.device_count, 0) as device_count
            from device_template t
            left join (
              select template_id, count(*) as device_count from device where template_id is not null group by template_id
            ) d on d.template_id = t.id
            order by lower(t.display_name), t.id
            """,
            null,
            ct
        );

    public Task<string?> FindByModelAsync(TenantId tenant, string modelId, CancellationToken ct) =>
        db.FindAsync<string>(
            tenant,
            """
            select id from device_template
            where model_id = @modelId and status = 'published'
            order by created_at desc, id desc
            limit 1
            """,
            new { modelId },
            ct
        );

    public async Task<DeviceTemplate> AddAsync(
        TenantId tenant,
        DeviceTemplate template,
        AuditEntry audit,
        CancellationToken ct
    )
    {
        try
        {
            await db.TransactionAsync(
                tenant,
                async t =>
                {
                    await t.ExecuteAsync(
                        """
                        insert into device_template (
                          id, model_id, display_name, description, status, document, version,
                          created_at, updated_at, created_by, updated_by
                        )
                        values (
                          @Id, @ModelId, @DisplayName, @Description, @Status, @Document::jsonb, 1,
                          @CreatedAt, @UpdatedAt, @By, @By
                        )
                        """,
                        Parameters(template, audit)
                    );
                    await t.AuditAsync(audit);
                },
                ct
            );
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new ConflictException(
                "template.id-taken",
                $"A device template with the id '{template.Id}' already exists."
            );
        }

        return template with
        {
            Revision = 1,
        };
    }

    public async Task<DeviceTemplate> UpdateAsync(
        TenantId tenant,
        DeviceTemplate template,
        AuditEntry audit,
        CancellationToken ct
    )
    {
        var isSaved = await db.TransactionAsync(
            tenant,
            async t =>
            {
                var rows = await t.ExecuteAsync(
                    """
                    update device_template set
                      model_id = @ModelId, display_name = @DisplayName, description = @Description, status = @Status,
                      document = @Document::jsonb, version = version + 1, updated_at = @UpdatedAt, updated_by = @By
                    where id = @Id and version = @Revision
                    """,
                    Parameters(template, audit)
                );
                if (rows > 0)
                    await t.AuditAsync(audit);
                return rows > 0;
            },
            ct
        );
        if (isSaved)
            return template with { Revision = template.Revision + 1 };
        throw await FindAsync(tenant, template.Id, ct) is null
            ? new NotFoundException("template.unknown", $"There is no device template with the id '{template.Id}'.")
            : new StaleEditException(
                "Somebody else has saved this device template. Load it again, then make your change."
            );
    }

    public async Task<bool> DeleteAsync(TenantId tenant, string id, AuditEntry audit, CancellationToken ct)
    {
        try
        {
            return await db.TransactionAsync(
                tenant,
                async t =>
                {
                    var rows = await t.ExecuteAsync("delete from device_template where id = @id", new { id });
                    if (rows > 0)
                        await t.AuditAsync(audit);
                    return rows > 0;
                },
                ct
            );
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw new ConflictException(
                "template.in-use",
                e.TableName == "rule"
                    ? "Rules use this device template. Delete those rules first."
                    : "Devices use this device template. Assign them another one, or delete them, first."
            );
        }
    }

    private static object Parameters(DeviceTemplate template, AuditEntry audit) =>
        new
        {
            template.Id,
            template.ModelId,
            template.DisplayName,
            Description = template.Description ?? "",
            Status = EnumText<TemplateStatus>.Text(template.Status),
            Document = DtdlWriter.Store(template),
            CreatedAt = template.CreatedAt.UtcDateTime,
            UpdatedAt = template.UpdatedAt.UtcDateTime,
            template.Revision,
            By = audit.Actor.Name,
        };

    private sealed record Row
    {
        public required string Document { get; init; }
        public required TemplateStatus Status { get; init; }
        public required int Version { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required DateTimeOffset UpdatedAt { get; init; }

        public DeviceTemplate ToTemplate() =>
            DtdlReader.Load(Document) with
            {
                Status = Status,
                Revision = Version,
                CreatedAt = CreatedAt,
                UpdatedAt = UpdatedAt,
            };
    }
}
