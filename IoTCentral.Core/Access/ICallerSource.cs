using System.Collections.Concurrent;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Access;

/// <summary>An application together with what one person may do in it.</summary>
public sealed record CallerAccess(Application Application, Caller Caller, Person Person);

/// <summary>Tells what a person may do in an application, at most half a minute old.</summary>
public interface ICallerSource
{
    /// <summary>
    /// Null when there is no such application, it is suspended, or the person is not a member: all told the same way.
    /// </summary>
    /// <param name="address">Where the person asks from, for the audit log.</param>
    ValueTask<CallerAccess?> FindAsync(Guid personId, string slug, string? address, CancellationToken ct);
}

/// <summary>
/// Remembers answers for 30 s, so that pages may ask as often as they like, and forgets those of an application as soon
/// as something about it changes. The age bounds what a change by another process can cost.
/// </summary>
public sealed class CallerSource : ICallerSource, IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    // Far above the people signed in at once; a safety net, not a policy.
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<(Guid Person, string Slug), Entry> _known = new();
    private readonly IAccessStore _store;
    private readonly TimeProvider _time;
    private readonly IDisposable _news;

    // counts news: an answer that was read before some news must not be remembered after it
    private long _newsCount;

    public CallerSource(IAccessStore store, ChangeFeed changes, TimeProvider time)
    {
        _store = store;
        _time = time;
        _news = changes.Listen(Forget);
    }

    public async ValueTask<CallerAccess?> FindAsync(Guid personId, string slug, string? address, CancellationToken ct)
    {
        var now = _time.GetTimestamp();
        if (_known.TryGetValue((personId, slug), out var entry) && _time.GetElapsedTime(entry.ReadAt, now) < MaxAge)
            return From(entry.Access, address);

        var newsBefore = Interlocked.Read(ref _newsCount);
        var access = Read(await _store.FindAdmissionAsync(personId, slug, ct));
        if (_known.Count >= MaxEntries)
            _known.Clear();
        if (newsBefore == Interlocked.Read(ref _newsCount))
            _known[(personId, slug)] = new(access, now);
        return From(access, address);
    }

    public void Dispose() => _news.Dispose();

    private void Forget(Change change)
    {
        if (change.Kind != ChangeKind.Application)
            return;
        Interlocked.Increment(ref _newsCount);
        foreach (var (key, entry) in _known)
        {
            if (entry.Access is null || entry.Access.Caller.Tenant == change.Tenant)
                _known.TryRemove(key, out _);
        }
    }

    private static CallerAccess? From(CallerAccess? access, string? address) =>
        access is null || address is null
            ? access
            : access with
            {
                Caller = access.Caller with { Actor = access.Caller.Actor with { Address = address } },
            };

    private static CallerAccess? Read(Admission? admission)
    {
        if (admission is null || admission.Application.IsSuspended)
            return null;
        if (Role.Find(admission.Membership.RoleId) is not { } role)
            return null;
        var person = admission.Person;
        var caller = new Caller
        {
            Tenant = admission.Application.TenantId,
            Actor = new AuditActor("person", person.Id.ToString(), person.Email),
            Permissions = role.Permissions,
            PersonId = person.Id,
        };
        return new(admission.Application, caller, person);
    }

    private readonly record struct Entry(CallerAccess? Access, long ReadAt);
}
