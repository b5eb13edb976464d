using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Security;

/// <summary>Lets an open page look at its rights again: every half minute, and when an application changes.</summary>
public sealed class AccessWatch(ChangeFeed changes, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    /// <summary>Dispose to stop. <paramref name="look"/> must return soon: it queues itself on the page.</summary>
    public IDisposable Start(Func<Task> look)
    {
        var timer = time.CreateTimer(_ => Look(look), null, Every, Every);
        var news = changes.Listen(change =>
        {
            if (change.Kind == ChangeKind.Application)
                Look(look);
        });
        return new Watch(timer, news);
    }

    private static void Look(Func<Task> look) => _ = look();

    private sealed class Watch(ITimer timer, IDisposable news) : IDisposable
    {
        public void Dispose()
        {
            timer.Dispose();
            news.Dispose();
        }
    }
}
