"""What is particular to each engine: its network in training, its stages, its assembly and fine-tuning."""
