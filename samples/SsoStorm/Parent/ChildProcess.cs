using System.Diagnostics;
using System.Text;

namespace SsoStorm;

/// <summary>The child of one act: this same program with a hidden verb. It is dead when this object is disposed.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Thread _reader;
    private readonly TaskCompletionSource _allRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<string> _complaints;

    private ChildProcess(Process process, ActRecording recording)
    {
        _process = process;
        _complaints = process.StandardError.ReadToEndAsync();

        // A thread of its own: if the parent fell behind, the child would wait for it, and that would be measured.
        _reader = new Thread(() => ReadAll(recording)) { IsBackground = true, Name = "read the child" };
        _reader.Start();
    }

    /// <summary>Ends when the child has closed its output, which it does by dying.</summary>
    public Task Ended => _allRead.Task;

    public static ChildProcess Start(string[] arguments, ActRecording recording)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("This process has no path.");
        ProcessStartInfo start = new(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new ChildProcess(Process.Start(start)!, recording);
    }

    /// <summary>Kills the child and waits until all that it had written has been read.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        using CancellationTokenSource patience = new(Grace);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
            await Ended.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new StormException($"process {_process.Id} was killed but did not end within {Grace.TotalSeconds} s");
        }
    }

    /// <summary>Why the child ended by itself, in words.</summary>
    public async Task<string> ExplainEndAsync(ActRecording recording)
    {
        await _process.WaitForExitAsync().WaitAsync(Grace);
        string complaints = (await _complaints.WaitAsync(Grace)).Trim();
        return recording.Fatal
            ?? (complaints.Length > 0 ? complaints.Split('\n')[0].Trim() : $"it ended with exit code {_process.ExitCode}");
    }

    public void Dispose()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(Grace);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }

        _process.Dispose();
    }

    private void ReadAll(ActRecording recording)
    {
        try
        {
            Stream output = _process.StandardOutput.BaseStream;
            byte[] buffer = new byte[1 << 16];
            char[] line = new char[buffer.Length];
            int used = 0;
            while (output.Read(buffer, used, buffer.Length - used) is var read and > 0)
            {
                used += read;
                int begin = 0;
                while (Array.IndexOf(buffer, (byte)'\n', begin, used - begin) is var end and >= 0)
                {
                    int length = Encoding.UTF8.GetChars(buffer.AsSpan(begin, end - begin), line);
                    recording.Apply(line.AsSpan(0, length));
                    begin = end + 1;
                }

                buffer.AsSpan(begin, used - begin).CopyTo(buffer);
                used -= begin;
            }

            // What is left in the buffer is a record that the kill cut off: it was never said.
        }
        catch (Exception error)
        {
            recording.Fail($"its output could not be read: {error.Message}");
            _process.Kill(entireProcessTree: true);
        }
        finally
        {
            _allRead.TrySetResult();
        }
    }
}
