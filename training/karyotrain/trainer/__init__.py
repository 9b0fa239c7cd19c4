"""The training loop and what it needs: checkpoints, schedule, progress, several processes, evaluation."""
