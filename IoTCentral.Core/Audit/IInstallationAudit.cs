namespace IoTCentral.Core.Audit;

/// <summary>Acts on the installation itself that change no other row: sign-in, failed sign-in, sign-out.</summary>
public interface IInstallationAudit
{
    Task AddAsync(AuditEntry entry, CancellationToken ct);
}
