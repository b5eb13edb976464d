using System.Security.Cryptography;
using System.Text.RegularExpressions;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Access;

/// <summary>A program's key to the REST API of one application; the secret itself is never stored.</summary>
public sealed partial record ApiToken
{
    public required TenantId TenantId { get; init; }
    public required string Id { get; init; }
    public required string RoleId { get; init; }
    public int OrganizationId { get; init; } = Application.RootOrganization;
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>SHA-256 of the signature part; compared in constant time.</summary>
    public required byte[] Hash { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What histories call it: its id, if somebody chose one that says something.</summary>
    public string Name => IsRandom().IsMatch(Id) ? $"API token ({Role.Find(RoleId)?.Name ?? "unknown role"})" : Id;

    /// <summary>An id nobody has chosen.</summary>
    internal static string NewId() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    [GeneratedRegex("^[0-9a-f]{16}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex IsRandom();
}

/// <summary>Programs' tokens. A platform table: tokens are looked up before the tenant is known.</summary>
public interface IApiTokenStore
{
    /// <exception cref="Common.ConflictException"><c>token.id-taken</c>.</exception>
    Task AddAsync(ApiToken token, AuditEntry audit, CancellationToken ct);

    /// <summary>The token and its application, expired or not; null when unknown or the application is suspended.</summary>
    Task<(Application Application, ApiToken Token)?> FindAsync(string slug, string tokenId, CancellationToken ct);

    Task<IReadOnlyList<ApiToken>> ListAsync(TenantId tenant, CancellationToken ct);

    /// <summary>False: was not there.</summary>
    Task<bool> DeleteAsync(TenantId tenant, string tokenId, AuditEntry audit, CancellationToken ct);
}
