using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>
/// A port to storage of which the hub asks only some members; the others say who misses them. What these ports have
/// besides concerns no device, so that they may grow without this.
/// </summary>
#pragma warning disable CA1852, MA0053 // DispatchProxy derives from it at run time
internal class Port : DispatchProxy
#pragma warning restore CA1852, MA0053
{
    private string _name = "";
    private Dictionary<string, Func<object?[], object?>> _answers = [];

    public static T Of<T>(params (string Member, Func<object?[], object?> Answer)[] answers)
        where T : class => (T)Of(typeof(T), answers);

    /// <summary>Gives every port that nobody has registered to those who want it.</summary>
    public static void FillIn(IServiceCollection services)
    {
        var known = services.Select(s => s.ServiceType).ToHashSet();
        var wanted = services
            .Select(s => s.ImplementationType)
            .OfType<Type>()
            .SelectMany(t => t.GetConstructors().SelectMany(c => c.GetParameters()).Select(p => p.ParameterType))
            .Where(t => t.IsInterface && t.Namespace?.StartsWith("IoTCentral.", StringComparison.Ordinal) == true)
            .Distinct();
        foreach (var port in wanted.Where(t => !known.Contains(t)).ToList())
            services.AddSingleton(port, _ => Of(port, []));
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _answers.TryGetValue(targetMethod!.Name, out var answer)
            ? answer(args!)
            : throw new InvalidOperationException($"The hub asked for {_name}.{targetMethod.Name}, which is not here.");

    private static object Of(Type type, (string Member, Func<object?[], object?> Answer)[] answers)
    {
        var proxy = Create(type, typeof(Port));
        ((Port)proxy)._name = type.Name;
        ((Port)proxy)._answers = answers.ToDictionary(a => a.Member, a => a.Answer, StringComparer.Ordinal);
        return proxy;
    }
}
