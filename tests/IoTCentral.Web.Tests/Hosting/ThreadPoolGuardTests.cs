using IoTCentral.Web.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Web.Tests.Hosting;

/// <summary>Nobody waits for a pool whose threads are held up; a pool that is at work is left alone.</summary>
public sealed class ThreadPoolGuardTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ThreadPoolGuard _guard;
    private readonly int _least;
    private readonly int _others;

    public ThreadPoolGuardTests()
    {
        ThreadPool.GetMinThreads(out _least, out _others);
        _guard = new(_time, NullLogger<ThreadPoolGuard>.Instance);
    }

    [Fact]
    public void Threads_that_are_held_up_get_more_beside_them_until_all_is_calm()
    {
        _guard.Look(hasAnswered: false, share: 0.1);
        _guard.Look(hasAnswered: false, share: 0.1);
        Assert.Equal(_least + 16, MinThreads);

        _time.Advance(TimeSpan.FromSeconds(59));
        _guard.Look(hasAnswered: true, share: 0.1);
        Assert.Equal(_least + 16, MinThreads);

        _time.Advance(TimeSpan.FromSeconds(2));
        _guard.Look(hasAnswered: true, share: 0.1);
        Assert.Equal(_least, MinThreads);
    }

    [Fact]
    public void A_pool_whose_processors_are_busy_gets_none()
    {
        _guard.Look(hasAnswered: false, share: 0.9);

        Assert.Equal(_least, MinThreads);
    }

    private static int MinThreads
    {
        get
        {
            ThreadPool.GetMinThreads(out var workers, out _);
            return workers;
        }
    }

    public void Dispose()
    {
        ThreadPool.SetMinThreads(_least, _others);
        _guard.Dispose();
    }
}
