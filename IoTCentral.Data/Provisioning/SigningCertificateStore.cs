using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Provisioning;

internal sealed class SigningCertificateStore(TenantDb db) : ISigningCertificateStore
{
    static SigningCertificateStore() => EnumText<CertificateEntry>.Register();

    public async Task<IReadOnlyList<SigningCertificate>> ListAsync(
        TenantId tenant,
        string groupId,
        CancellationToken ct
    )
    {
        var rows = await db.QueryAsync<CertificateRow>(
            tenant,
            $"select {CertificateRow.Columns} from signing_certificate where group_id = @groupId order by entry",
            new { groupId },
            ct
        );
        return [.. rows.Select(r => r.ToCertificate())];
    }

    public async Task<IReadOnlyList<SigningCertificate>> ListAsync(TenantId tenant, CancellationToken ct)
    {
        var rows = await db.QueryAsync<CertificateRow>(
            tenant,
            $"select {CertificateRow.Columns} from signing_certificate order by group_id, entry",
            null,
            ct
        );
        return [.. rows.Select(r => r.ToCertificate())];
    }

    public Task<SigningCertificate> PutAsync(SigningCertificate certificate, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            certificate.TenantId,
            async t =>
            {
                // another certificate has another list
                var args = new
                {
                    certificate.GroupId,
                    Entry = EnumText<CertificateEntry>.Text(certificate.Entry),
                    certificate.Certificate.Der,
                    certificate.IsVerified,
                    certificate.VerificationCode,
                    certificate.Version,
                    certificate.UploadedAt,
                    By = audit.Actor.Name,
                };
                await t.ExecuteAsync(
                    """
                    delete from revoked_certificate r using signing_certificate c
                    where c.group_id = @GroupId and c.entry = @Entry and c.certificate <> @Der
                      and r.tenant_id = c.tenant_id and r.group_id = c.group_id and r.entry = c.entry
                    """,
                    args
                );
                var saved = await t.ExecuteAsync(
                    """
                    insert into signing_certificate as c (group_id, entry, certificate, is_verified, verification_code,
                      uploaded_at, updated_by)
                    values (@GroupId, @Entry, @Der, @IsVerified, @VerificationCode, @UploadedAt, @By)
                    on conflict (tenant_id, group_id, entry) do update set certificate = @Der,
                      is_verified = @IsVerified, verification_code = @VerificationCode, uploaded_at = @UploadedAt,
                      revoked_count = case when c.certificate = @Der then c.revoked_count end,
                      list_issued_at = case when c.certificate = @Der then c.list_issued_at end,
                      list_next_due = case when c.certificate = @Der then c.list_next_due end,
                      version = c.version + 1, updated_by = @By
                    where c.version = @Version
                    """,
                    args
                );
                if (saved == 0)
                    throw Stale();
                await t.AuditAsync(audit);
                return certificate with { Version = certificate.Version + 1 };
            },
            ct
        );

    public Task PutRevocationsAsync(
        SigningCertificate authority,
        RevocationFacts facts,
        IReadOnlyCollection<string> serials,
        AuditEntry audit,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            authority.TenantId,
            async t =>
            {
                var entry = EnumText<CertificateEntry>.Text(authority.Entry);
                var saved = await t.ExecuteAsync(
                    """
                    update signing_certificate set revoked_count = @Count, list_issued_at = @IssuedAt,
                      list_next_due = @NextDue, version = version + 1, updated_by = @By
                    where group_id = @GroupId and entry = @entry and version = @Version
                    """,
                    new
                    {
                        facts.Count,
                        facts.IssuedAt,
                        facts.NextDue,
                        authority.GroupId,
                        authority.Version,
                        entry,
                        By = audit.Actor.Name,
                    }
                );
                if (saved == 0)
                    throw Stale();
                await t.ExecuteAsync(
                    "delete from revoked_certificate where group_id = @GroupId and entry = @entry",
                    new { authority.GroupId, entry }
                );
                await t.ExecuteAsync(
                    """
                    insert into revoked_certificate (group_id, entry, serial)
                    select @GroupId, @entry, unnest(@serials)
                    """,
                    new
                    {
                        authority.GroupId,
                        entry,
                        serials = serials.ToArray(),
                    }
                );
                await t.AuditAsync(audit);
                return true;
            },
            ct
        );

    public Task<bool> DeleteAsync(
        TenantId tenant,
        string groupId,
        CertificateEntry entry,
        AuditEntry audit,
        CancellationToken ct
    ) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                var deleted = await t.ExecuteAsync(
                    "delete from signing_certificate where group_id = @groupId and entry = @entry",
                    new { groupId, entry = EnumText<CertificateEntry>.Text(entry) }
                );
                if (deleted > 0)
                    await t.AuditAsync(audit);
                return deleted > 0;
            },
            ct
        );

    private static StaleEditException Stale() =>
        new("Somebody else changed this certificate meanwhile. Look at it again and repeat your change.");
}
