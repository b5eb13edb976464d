using IoTCentral.Core.Access;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Identity;

/// <summary>Sign-ins that have not ended.</summary>
internal sealed class SessionStore(TenantDb db) : ISessionStore
{
    // no cookie lives longer than 14 days without being renewed; older rows are of no use to anybody
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(90);

    public Task AddAsync(Session session, CancellationToken ct) =>
        db.ExecutePlatformAsync(
            """
            with old as (
              delete from session
              where person_id = @PersonId and created_at < @oldest
            )
            insert into session (id, person_id, created_at, address)
            values (@Id, @PersonId, @CreatedAt, @Address)
            """,
            new
            {
                session.Id,
                session.PersonId,
                session.CreatedAt,
                session.Address,
                oldest = session.CreatedAt - KeptFor,
            },
            ct
        );

    public Task<bool> IsLiveAsync(Guid sessionId, Guid personId, string securityStamp, CancellationToken ct) =>
        db.FindPlatformAsync<bool>(
            """
            select exists (
              select
              from session s
              join person p on p.id = s.person_id
              where s.id = @sessionId and s.person_id = @personId and s.ended_at is null
                and p.security_stamp = @securityStamp
            )
            """,
            new
            {
                sessionId,
                personId,
                securityStamp,
            },
            ct
        );

    public Task EndAsync(Guid sessionId, DateTimeOffset at, CancellationToken ct) =>
        db.ExecutePlatformAsync(
            "update session set ended_at = @at where id = @sessionId and ended_at is null",
            new { sessionId, at },
            ct
        );

    public Task EndAllAsync(Guid personId, DateTimeOffset at, CancellationToken ct) =>
        db.ExecutePlatformAsync(
            "update session set ended_at = @at where person_id = @personId and ended_at is null",
            new { personId, at },
            ct
        );
}
