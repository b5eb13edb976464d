using System.Collections.Concurrent;
using IoTCentral.Core.Common;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Tenants;
using IoTCentral.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Core.Tests.Outbox;

public sealed class OutboxPumpTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly MemoryOutbox _store = new();
    private readonly ScriptedSender _mail = new(OutboxKind.Email);
    private readonly ScriptedSender _webhook = new(OutboxKind.Webhook);
    private readonly TestMeters _meters = new();
    private readonly OutboxPump _pump;

    public OutboxPumpTests() => _pump = new(_store, [_mail, _webhook], _time, _meters, NullLogger<OutboxPump>.Instance);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _pump.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task What_is_due_is_sent_once()
    {
        var id = _store.Put(OutboxKind.Email, "a@b.example", Start);

        await RunAsync();
        await RunAsync();

        Assert.Equal((OutboxStatus.Sent, 1), (_store[id].Status, _store[id].Attempts));
        Assert.Equal(1, _mail.Count);
    }

    [Fact]
    public async Task A_failure_is_tried_again_later_and_the_error_is_kept()
    {
        var id = _store.Put(OutboxKind.Email, "a@b.example", Start);
        _mail.Answer = _ => SendOutcome.Failed("busy");

        await RunAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        await RunAsync();
        Assert.Equal((OutboxStatus.Pending, 1, "busy"), (_store[id].Status, _store[id].Attempts, _store[id].LastError));

        _mail.Answer = _ => SendOutcome.Sent;
        _time.Advance(TimeSpan.FromSeconds(10));
        await RunAsync();

        Assert.Equal((OutboxStatus.Sent, 2, null), (_store[id].Status, _store[id].Attempts, _store[id].LastError));
    }

    [Fact]
    public async Task It_is_given_up_visibly_after_a_day()
    {
        var id = _store.Put(OutboxKind.Webhook, "https://a.example/", Start);
        _webhook.Answer = _ => SendOutcome.Failed("500");

        for (var i = 0; i < 25 * 6 && _store[id].Status == OutboxStatus.Pending; i++)
        {
            await RunAsync();
            _time.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.Equal(OutboxStatus.Failed, _store[id].Status);
        Assert.Equal("Given up after a day. 500", _store[id].LastError);
    }

    [Fact]
    public async Task Without_a_mail_server_the_mail_is_kept_as_not_sent()
    {
        var id = _store.Put(OutboxKind.Email, "a@b.example", Start);
        _mail.Answer = _ => new(SendResult.NotConfigured, "No mail server is set up.");

        await RunAsync();

        Assert.Equal(OutboxStatus.NotSent, _store[id].Status);
    }

    [Fact]
    public async Task What_is_refused_for_good_is_not_tried_again()
    {
        var id = _store.Put(OutboxKind.Email, "nobody@b.example", Start);
        _mail.Answer = _ => SendOutcome.Refused("550 no such mailbox");

        await RunAsync();

        Assert.Equal((OutboxStatus.Failed, "550 no such mailbox"), (_store[id].Status, _store[id].LastError));
    }

    [Fact]
    public async Task A_sender_that_throws_ends_nothing_but_its_attempt()
    {
        var bad = _store.Put(OutboxKind.Email, "bad@b.example", Start);
        var good = _store.Put(OutboxKind.Email, "good@b.example", Start);
        _mail.Answer = m =>
            m.Target.StartsWith("bad", StringComparison.Ordinal)
                ? throw new InvalidOperationException("oops")
                : SendOutcome.Sent;

        await RunAsync();

        Assert.Equal((OutboxStatus.Pending, "oops"), (_store[bad].Status, _store[bad].LastError));
        Assert.Equal(OutboxStatus.Sent, _store[good].Status);
    }

    [Fact]
    public async Task An_attempt_is_cut_off_after_ten_seconds()
    {
        var id = _store.Put(OutboxKind.Webhook, "https://slow.example/", Start);
        _webhook.Hang("slow");

        await _pump.RunOnceAsync(Ct);
        await _webhook.Hanging;
        _time.Advance(TimeSpan.FromSeconds(10));
        await _pump.IdleAsync();

        Assert.Equal((OutboxStatus.Pending, "No answer within 10 seconds."), (_store[id].Status, _store[id].LastError));
    }

    [Fact]
    public async Task A_slow_target_holds_up_nobody_else()
    {
        for (var i = 0; i < 30; i++)
            _store.Put(OutboxKind.Webhook, "https://slow.example/", Start);
        var other = _store.Put(OutboxKind.Webhook, "https://quick.example/", Start);
        var mail = _store.Put(OutboxKind.Email, "a@b.example", Start);
        _webhook.Hang("slow");

        await _pump.RunOnceAsync(Ct);
        await _store.EndedAsync(other, Ct);
        await _store.EndedAsync(mail, Ct);

        Assert.Equal(OutboxStatus.Sent, _store[other].Status);
        _webhook.Release();
        await _pump.IdleAsync();
    }

    [Fact]
    public async Task A_crash_in_the_middle_of_an_attempt_lets_it_be_tried_again()
    {
        var id = _store.Put(OutboxKind.Email, "a@b.example", Start);
        await _store.ClaimAsync(new TenantId(1), id, Start, Start.AddSeconds(30), Ct);

        await RunAsync();
        Assert.Equal(0, _mail.Count);
        _time.Advance(TimeSpan.FromSeconds(30));
        await RunAsync();

        Assert.Equal(OutboxStatus.Sent, _store[id].Status);
    }

    private async Task RunAsync()
    {
        await _pump.RunOnceAsync(Ct);
        await _pump.IdleAsync();
    }

    private sealed class ScriptedSender(OutboxKind kind) : IOutboxSender
    {
        private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private string? _hangs;
        private int _count;

        public OutboxKind Kind => kind;
        public Func<OutboxMessage, SendOutcome> Answer { get; set; } = _ => SendOutcome.Sent;
        public int Count => Volatile.Read(ref _count);
        public Task Hanging => _hanging.Task;

        public void Hang(string target) => _hangs = target;

        public void Release() => _release.SetResult();

        public async Task<SendOutcome> SendAsync(OutboxMessage message, CancellationToken ct)
        {
            Interlocked.Increment(ref _count);
            if (_hangs is not null && message.Target.Contains(_hangs, StringComparison.Ordinal))
            {
                _hanging.TrySetResult();
                await _release.Task.WaitAsync(ct);
            }

            return Answer(message);
        }
    }

    private sealed class MemoryOutbox : IOutboxStore
    {
        private readonly ConcurrentDictionary<Guid, OutboxMessage> _messages = new();
        private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _ended = new();

        public OutboxMessage this[Guid id] => _messages[id];

        public Guid Put(OutboxKind kind, string target, DateTimeOffset at)
        {
            var id = Guid.CreateVersion7();
            _ended[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _messages[id] = new()
            {
                TenantId = new TenantId(1),
                Id = id,
                Key = id.ToString(),
                Kind = kind,
                Target = target,
                Payload = "{}",
                CreatedAt = at,
                NextAttemptAt = at,
            };
            return id;
        }

        public Task EndedAsync(Guid id, CancellationToken ct) => _ended[id].Task.WaitAsync(ct);

        public Task<IReadOnlyList<DueMessage>> DueAsync(
            DateTimeOffset now,
            int perTarget,
            int limit,
            CancellationToken ct
        ) =>
            Task.FromResult<IReadOnlyList<DueMessage>>([
                .. _messages
                    .Values.Where(m => m.Status == OutboxStatus.Pending && m.NextAttemptAt <= now)
                    .Select(m => new DueMessage
                    {
                        TenantId = m.TenantId,
                        Id = m.Id,
                        Kind = m.Kind,
                        Target = m.Target,
                    }),
            ]);

        public Task<OutboxMessage?> ClaimAsync(
            TenantId tenant,
            Guid id,
            DateTimeOffset now,
            DateTimeOffset until,
            CancellationToken ct
        )
        {
            var message = _messages[id];
            if (message.Status != OutboxStatus.Pending || message.NextAttemptAt > now)
                return Task.FromResult<OutboxMessage?>(null);
            _messages[id] = message with { Attempts = message.Attempts + 1, NextAttemptAt = until };
            return Task.FromResult<OutboxMessage?>(_messages[id]);
        }

        public Task EndAttemptAsync(OutboxMessage message, CancellationToken ct)
        {
            _messages[message.Id] = message;
            _ended[message.Id].TrySetResult();
            return Task.CompletedTask;
        }

        public Task<OutboxBacklog> BacklogAsync(CancellationToken ct) => Task.FromResult(OutboxBacklog.Empty);

        public Task<int> SweepAsync(DateTimeOffset before, CancellationToken ct) => Task.FromResult(0);

        public Task AddAsync(TenantId tenant, IReadOnlyList<OutboxMessage> messages, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<Page<OutboxMessage>> ListAsync(
            TenantId tenant,
            OutboxFilter filter,
            string? after,
            int limit,
            CancellationToken ct
        ) => throw new NotSupportedException();
    }
}
