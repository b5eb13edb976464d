using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using Npgsql;

namespace IoTCentral.Data.Rules;

internal sealed class RuleStore(TenantDb db) : IRuleStore
{
    private const string Columns = """
        r.tenant_id, r.id, r.name, r.template_id, r.is_enabled, r.definition::text, r.secret, r.stopped_reason,
          r.stopped_at, r.version, r.created_at, r.updated_at, r.updated_by
        """;

    public async Task<IReadOnlyList<RuleListItem>> ListAsync(TenantId tenant, CancellationToken ct)
    {
        var rows = await db.QueryAsync<RuleRow>(
            tenant,
            $"""
            select {Columns},
              (select count(*) from alert a where a.rule_id = r.id and a.status <> 'resolved') as unresolved
            from rule r
            order by lower(r.name), r.id
            """,
            null,
            ct
        );
        return [.. rows.Select(r => new RuleListItem(r.ToRule(), r.Unresolved))];
    }

    public async Task<Rule?> FindAsync(TenantId tenant, string id, CancellationToken ct) =>
        (
            await db.FindAsync<RuleRow>(tenant, $"select {Columns} from rule r where r.id = @id", new { id }, ct)
        )?.ToRule();

    public async Task<Rule> AddAsync(Rule rule, AuditEntry audit, CancellationToken ct)
    {
        try
        {
            return await db.TransactionAsync(
                rule.TenantId,
                async t =>
                {
                    var row = await t.FindAsync<RuleRow>(
                        $"""
                        insert into rule as r (id, name, template_id, is_enabled, definition, secret, created_at, updated_at, created_by, updated_by)
                        values (@Id, @Name, @TemplateId, @IsEnabled, @definition::jsonb, @secret, @at, @at, @UpdatedBy, @UpdatedBy)
                        returning {Columns}
                        """,
                        Values(rule)
                    );
                    await t.AuditAsync(audit);
                    return row!.ToRule();
                },
                ct
            );
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new ConflictException("rule.id-taken", $"A rule with the id '{rule.Id}' already exists.");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw NoTemplate(rule);
        }
    }

    public async Task<Rule> UpdateAsync(Rule rule, bool endAlerts, AuditEntry audit, CancellationToken ct)
    {
        try
        {
            return await db.TransactionAsync(
                rule.TenantId,
                async t =>
                {
                    var row = await t.FindAsync<RuleRow>(
                        $"""
                        update rule r
                        set name = @Name, template_id = @TemplateId, is_enabled = @IsEnabled,
                          definition = @definition::jsonb, secret = @secret, stopped_reason = null, stopped_at = null,
                          version = version + 1, updated_at = @at, updated_by = @UpdatedBy
                        where r.id = @Id and r.version = @Version
                        returning {Columns}
                        """,
                        Values(rule)
                    );
                    if (row is null)
                        throw await MissingAsync(t, rule.Id);
                    if (endAlerts)
                        await EndAlertsAsync(t, rule.Id, rule.UpdatedAt, audit.Actor.Name);
                    await t.AuditAsync(audit);
                    return row.ToRule();
                },
                ct
            );
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw NoTemplate(rule);
        }
    }

    public Task<bool> DeleteAsync(
        TenantId tenant,
        string id,
        DateTimeOffset at,
        AuditEntry audit,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                if (await t.FindAsync<string>("select id from rule where id = @id for update", new { id }) is null)
                    return false;
                await EndAlertsAsync(t, id, at, audit.Actor.Name);
                await t.ExecuteAsync("delete from rule where id = @id", new { id });
                await t.AuditAsync(audit);
                return true;
            },
            ct
        );

    public Task StopAsync(
        TenantId tenant,
        string id,
        int version,
        string reason,
        DateTimeOffset at,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var name = await t.FindAsync<string>(
                    """
                    update rule set stopped_reason = @reason, stopped_at = @at
                    where id = @id and version = @version
                    returning name
                    """,
                    new
                    {
                        id,
                        version,
                        reason,
                        at = at.UtcDateTime,
                    }
                );
                if (name is null)
                    return;
                await t.AuditAsync(
                    new AuditEntry
                    {
                        Actor = AuditActor.System,
                        Action = "rule.stop",
                        TargetId = id,
                        TargetName = name,
                    }
                );
            },
            ct
        );

    // The rule's row is locked by then, so the engine cannot open an alert of the old version meanwhile.
    private static async Task EndAlertsAsync(TenantTransaction t, string ruleId, DateTimeOffset at, string actor)
    {
        await t.ExecuteAsync("delete from rule_state where rule_id = @ruleId", new { ruleId });
        await t.ExecuteAsync(
            """
            with ended as (
              update alert
              set status = 'resolved', resolved_at = @at, resolved_by = 'rule-changed', version = version + 1
              where rule_id = @ruleId and status <> 'resolved'
              returning id
            )
            insert into alert_event (alert_id, at, kind, actor_name)
            select id, @at, 'resolved', @actor from ended
            """,
            new
            {
                ruleId,
                at = at.UtcDateTime,
                actor,
            }
        );
    }

    private static async Task<Exception> MissingAsync(TenantTransaction t, string id) =>
        await t.FindAsync<string>("select id from rule where id = @id", new { id }) is null
            ? new NotFoundException("rule.unknown", $"There is no rule with the id '{id}'.")
            : new StaleEditException("Somebody else has saved this rule since you opened it. Open it again.");

    private static InvalidRequestException NoTemplate(Rule rule) =>
        new("rule.invalid", [new Fault("templateId", $"There is no device template with the id '{rule.TemplateId}'.")]);

    private static object Values(Rule rule) =>
        new
        {
            rule.Id,
            rule.Name,
            rule.TemplateId,
            rule.IsEnabled,
            definition = RuleJson.Write(rule.Definition),
            secret = rule.WrappedSecrets,
            rule.Version,
            at = rule.UpdatedAt.UtcDateTime,
            rule.UpdatedBy,
        };

    private sealed record RuleRow
    {
        public TenantId TenantId { get; init; }
        public required string Id { get; init; }
        public required string Name { get; init; }
        public required string TemplateId { get; init; }
        public bool IsEnabled { get; init; }
        public required string Definition { get; init; }
        public byte[]? Secret { get; init; }
        public string? StoppedReason { get; init; }
        public DateTimeOffset? StoppedAt { get; init; }
        public int Version { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }
        public required string UpdatedBy { get; init; }
        public long Unresolved { get; init; }

        public Rule ToRule()
        {
            var (definition, fault) = Read(Definition);
            return new()
            {
                TenantId = TenantId,
                Id = Id,
                Name = Name,
                TemplateId = TemplateId,
                IsEnabled = IsEnabled,
                Definition = definition,
                WrappedSecrets = Secret,
                StoppedReason = StoppedReason ?? fault,
                StoppedAt = StoppedAt,
                Version = Version,
                CreatedAt = CreatedAt,
                UpdatedAt = UpdatedAt,
                UpdatedBy = UpdatedBy,
            };
        }

        // One rule that another version of the program wrote must not hide all others.
        private static (RuleDefinition Definition, string? Fault) Read(string json)
        {
            try
            {
                return (RuleJson.ReadDefinition(json), null);
            }
            catch (InvalidRequestException e)
            {
                return (new RuleDefinition(), $"Its definition cannot be read: {e.Message}");
            }
        }
    }
}
