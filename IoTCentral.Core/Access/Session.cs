namespace IoTCentral.Core.Access;

/// <summary>One sign-in of a person in one browser; ends by signing out, here or everywhere.</summary>
public sealed record Session
{
    public required Guid Id { get; init; }
    public required Guid PersonId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Network address it began from.</summary>
    public string? Address { get; init; }
}

/// <summary>Sign-ins that have not ended. A cookie alone is not enough: signing out must end it on the server too.</summary>
public interface ISessionStore
{
    Task AddAsync(Session session, CancellationToken ct);

    /// <summary>True while the session has not ended and the person's security stamp is still this one.</summary>
    Task<bool> IsLiveAsync(Guid sessionId, Guid personId, string securityStamp, CancellationToken ct);

    Task EndAsync(Guid sessionId, DateTimeOffset at, CancellationToken ct);
    Task EndAllAsync(Guid personId, DateTimeOffset at, CancellationToken ct);
}
